import { hmacSigned, newKey, publicJwkOf, readJwt, signed, tampered, unsigned } from '../jws.js';
import { byAssertion, byDpop, inconclusive, judged, mustRefuse, residual, worst, type Outcome, type Probe } from '../probe.js';
import { CannotTry, NothingThere, type Scene } from '../scene.js';
import type { Twist } from '../party.js';
import type { Outgoing } from '../wire.js';

/** How long a revocation may take to be known everywhere, in milliseconds. */
export const revocationMs = 1200;

async function asserting(scene: Scene, twist: Twist, what: string): Promise<Outcome> {
  return mustRefuse(await scene.authenticated(twist, `Send ${what}`), what);
}

const tokenEndpoint = ({ metadata }: Scene): string => String(metadata['token_endpoint']);

/** What a proof says nothing of: the query and other headers. */
const altered = (message: Outgoing): Outgoing => ({ ...message, url: `${message.url}?altered=yes`, headers: [...(message.headers ?? []), ['x-purpose', 'altered']] });

/** Access tokens, proofs and assertions in the wrong hands. */
export const tokenProbes: readonly Probe[] = [
  {
    id: 'TOK-01/other-key', attack: 'TM-TOK-01', against: ['token-key-proved'], says: 'A thief of a token proves a key of their own.',
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const twist: Twist = scene.victim.client.constraint === 'dpop' ? { dpop: newKey() } : { anonymous: true };
      return mustRefuse(await scene.victim.call(scene.resource, accessToken, twist, 'Use the token with another key'), 'another key');
    },
  },
  {
    id: 'TOK-02/tampered', attack: 'TM-TOK-02', against: ['access-token-genuine'], says: 'A token is rewritten to reach further; its signature stays.',
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      if (!readJwt(accessToken)) return judged((await scene.victim.call(scene.resource, `${accessToken.slice(0, -4)}AAAA`, {}, 'Use an invented token')).status >= 400, 'an invented token is refused', 'an invented token works');
      return mustRefuse(await scene.victim.call(scene.resource, tampered(accessToken, (claims) => void (claims['client_name'] = 'rewritten')), {}, 'Use a rewritten token'), 'a rewritten token');
    },
  },
  {
    id: 'TOK-03/bearer', attack: 'TM-TOK-03', against: ['no-downgrade'], says: 'A bound token is presented as if it were bound to nothing.', unfit: byDpop,
    run: async (scene) => mustRefuse(await scene.victim.call(scene.resource, (await scene.tokens()).accessToken, { scheme: 'Bearer', dpop: null, anonymous: true }, 'Use the token as Bearer'), 'as Bearer'),
  },
  {
    id: 'TOK-04/query', attack: 'TM-TOK-04', against: ['token-in-header'], says: 'The token stands in the address.',
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const url = new URL(scene.resource);
      url.searchParams.set('access_token', accessToken);
      return mustRefuse(await scene.victim.call(url.href, accessToken, { bare: true }, 'Send the token in the query'), 'the token in the query');
    },
  },
  {
    id: 'TOK-07/revoked', attack: 'TM-TOK-07', against: ['revocation-known'], says: 'A token is used after it was revoked.',
    run: async (scene) => {
      const { accessToken, refreshToken } = await scene.tokens(true);
      await scene.victim.post('revocation_endpoint', { token: refreshToken ?? accessToken }, { dpop: null }, 'Revoke it');
      await new Promise((resolve) => setTimeout(resolve, revocationMs));
      return mustRefuse(await scene.victim.call(scene.resource, accessToken, {}, 'Use the revoked token'), 'the revoked token');
    },
  },
  {
    id: 'CA-04/id-token', attack: 'TM-CA-04', against: ['access-token-type', 'access-token-genuine', 'token-key-proved', 'scope-granted', 'revocation-known'], says: 'An ID token is presented as an access token.',
    run: async (scene) => {
      const { idToken } = await scene.tokens();
      if (idToken === undefined) throw new CannotTry('no ID token came');
      return mustRefuse(await scene.victim.call(scene.resource, idToken, {}, 'Use the ID token as an access token'), 'the ID token');
    },
  },
  {
    id: 'ID-01/as-itself', attack: 'TM-ID-01', against: ['scope-granted', 'revocation-known'], says: 'A client reads accounts with a token that no customer stands behind.',
    run: async (scene) => {
      for (const client of [scene.victim, scene.thief]) {
        const scope = client.client.scope.split(' ').filter((name) => name !== 'openid').join(' ');
        const { json } = await client.token({ grant_type: 'client_credentials', scope }, {}, 'Ask for a token without a customer');
        if (typeof json['access_token'] === 'string') return mustRefuse(await client.call(scene.resource, json['access_token'], {}, 'Read accounts as a client alone'), 'no customer');
      }
      throw new NothingThere('no client of the target gets tokens without a customer');
    },
  },
  {
    id: 'ID-01/namesake', attack: 'TM-ID-01', against: ['client-id-of-its-kind'], says: 'Whom an ID token names is compared with what clients are called: neither may be taken for the other.',
    run: async (scene) => {
      const { idToken } = await scene.tokens();
      const subject = idToken === undefined ? undefined : readJwt(idToken)?.claims['sub'];
      if (typeof subject !== 'string') throw new NothingThere('no ID token came that can be read');
      const clients = [scene.victim.id, scene.thief.id];
      scene.wire.note('Compare names', `clients: ${clients.join(', ')}`, `the customer: ${subject}`, 'as it must be');
      const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
      return judged(!clients.some((client) => plain(client) === plain(subject)), 'no client is called like the customer', `a client is called like the customer: ${subject}`);
    },
  },
  {
    id: 'DPOP-01/replayed', attack: 'TM-DPOP-01', against: ['proof-once'], says: 'A request that was read in a log is sent again, word for word.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const proofText = scene.victim.proof('GET', scene.resource, {}, accessToken);
      const first = await scene.victim.call(scene.resource, accessToken, { proofText }, 'Read accounts');
      if (first.status !== 200) throw new CannotTry(`a good call was refused: ${first.status}`);
      return mustRefuse(await scene.victim.call(scene.resource, accessToken, { proofText }, 'Read accounts with the same proof'), 'the same proof');
    },
  },
  {
    id: 'DPOP-02/altered', attack: 'TM-DPOP-02', against: ['signed-messages', 'proof-once'], says: 'The proof of a request that was read is used afterwards, for the same address with other headers and another query.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const message = scene.victim.message(scene.resource, accessToken);
      const first = await scene.wire.send(message, 'Read accounts');
      if (first.status !== 200) throw new CannotTry(`a good call was refused: ${first.status}`);
      return mustRefuse(await scene.wire.send(altered(message), 'Send it again, altered'), 'other headers and another query');
    },
  },
  {
    id: 'DPOP-02/first', attack: 'TM-DPOP-02', against: ['signed-messages'], says: 'A request is read and held back on its way; an altered one with its token and proof arrives first.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const held = scene.victim.message(scene.resource, accessToken);
      const answer = await scene.wire.send(altered(held), 'Send the altered request first');
      if (answer.status >= 500) return inconclusive(`the server failed with ${answer.status}`);
      if (answer.status < 400 && !scene.victim.client.signsMessages) return residual(`the altered request, sent before the honest one, was answered with ${answer.status}: its client signs no messages.`);
      return mustRefuse(answer, 'an altered request that came first');
    },
  },
  {
    id: 'DPOP-03/other-url', attack: 'TM-DPOP-03', against: ['proof-of-its-request'], says: 'A proof for one address, and one for another method, are used.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const send = async (proofText: string, what: string): Promise<Outcome> => mustRefuse(await scene.victim.call(scene.resource, accessToken, { proofText }, `Use ${what}`), what);
      return worst([await send(scene.victim.proof('GET', `${scene.resource}/elsewhere`, {}, accessToken), 'a proof for another address'), await send(scene.victim.proof('POST', scene.resource, {}, accessToken), 'a proof for another method')]);
    },
  },
  {
    id: 'DPOP-03/other-token', attack: 'TM-DPOP-03', against: ['proof-of-its-token'], says: 'A proof made for one token is used with another.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      return mustRefuse(await scene.victim.call(scene.resource, accessToken, { proofText: scene.victim.proof('GET', scene.resource, {}, `${accessToken}x`) }, 'Use a proof for another token'), 'a proof for another token');
    },
  },
  {
    id: 'DPOP-04/old', attack: 'TM-DPOP-04', against: ['proof-recent'], says: 'A proof made an hour ago, and one made for an hour ahead, are used.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const send = async (by: number, what: string): Promise<Outcome> => {
        const proofText = scene.victim.proof('GET', scene.resource, { proof: (_, claims) => void (claims['iat'] = scene.victim.now() + by) }, accessToken);
        return mustRefuse(await scene.victim.call(scene.resource, accessToken, { proofText }, `Use ${what}`), what);
      };
      return worst([await send(-3600, 'an old proof'), await send(3600, 'a proof for later')]);
    },
  },
  {
    id: 'DPOP-04/pre-made', attack: 'TM-DPOP-04', against: ['proof-nonce', 'proof-of-its-token'], says: 'A proof made before the token was known is used with it.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const proofText = scene.victim.proof('GET', scene.resource, { proof: (_, claims) => void delete claims['ath'] }, accessToken);
      return mustRefuse(await scene.victim.call(scene.resource, accessToken, { proofText }, 'Use a proof made in advance'), 'a proof made in advance');
    },
  },
  {
    id: 'CA-01/replayed', attack: 'TM-CA-01', against: ['assertion-once'], says: 'A captured request is sent again with its assertion.', unfit: byAssertion,
    run: async (scene) => {
      await scene.authenticated({}, 'Send a request');
      const { client_assertion: used } = scene.victim.lastForm;
      return mustRefuse(await scene.authenticated({ assertionText: () => used ?? '' }, 'Send another with the same assertion'), 'the same assertion');
    },
  },
  {
    id: 'CA-01/long', attack: 'TM-CA-01', against: ['assertion-short'], says: 'An assertion is good for a day.', unfit: byAssertion,
    run: (scene) => asserting(scene, { assertion: (_, claims) => void (claims['exp'] = scene.victim.now() + 86_400) }, 'an assertion for a day'),
  },
  {
    id: 'CA-02/endpoint', attack: 'TM-CA-02', against: ['assertion-audience'], says: 'A rogue issuer named the honest one’s endpoints as its own: the client’s assertions are for them.', unfit: byAssertion,
    run: async (scene) => {
      const outcomes: Outcome[] = [];
      for (const audience of [tokenEndpoint(scene), scene.knownAt, [scene.target.issuer, 'https://rogue.example']]) outcomes.push(await asserting(scene, { assertion: (_, claims) => void (claims['aud'] = audience) }, 'another audience'));
      return worst(outcomes);
    },
  },
  {
    id: 'CA-03/assertion', attack: 'TM-CA-03', against: ['assertion-genuine'], says: 'Assertions under no algorithm, under the public key as secret, under a key in their own header, under a stranger’s key.', unfit: byAssertion,
    run: async (scene) => {
      const key = scene.victim.signingKey ?? newKey();
      const stranger = newKey();
      const forged: readonly (readonly [string, Twist['assertionText']])[] = [
        ['alg none', unsigned],
        ['HMAC under the public key', (header, claims) => hmacSigned(header, claims, key)],
        ['a key in the header', (header, claims) => signed({ ...header, kid: undefined, jwk: publicJwkOf(stranger) }, claims, stranger)],
        ['a stranger’s key', (header, claims) => signed(header, claims, { ...stranger, alg: 'ES256' })],
      ];
      const outcomes: Outcome[] = [];
      for (const [what, assertionText] of forged) outcomes.push(await asserting(scene, { assertionText: assertionText! }, what));
      return worst(outcomes);
    },
  },
  {
    id: 'CA-03/proof', attack: 'TM-CA-03', against: ['proof-genuine'], says: 'A proof that shows the right key and was signed with another.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const proofText = scene.victim.proof('GET', scene.resource, { dpop: newKey(), proof: (header) => void (header['jwk'] = publicJwkOf(scene.victim.dpop)) }, accessToken);
      return mustRefuse(await scene.victim.call(scene.resource, accessToken, { proofText }, 'Use a proof signed with another key'), 'a proof signed with another key');
    },
  },
  {
    id: 'CA-04/typ', attack: 'TM-CA-04', against: ['assertion-type'], says: 'JWTs that say they are something else are sent as assertions.', unfit: byAssertion,
    run: async (scene) => {
      const outcomes: Outcome[] = [];
      for (const typ of ['at+jwt', 'dpop+jwt', 'oauth-authz-req+jwt', 'logout+jwt']) outcomes.push(await asserting(scene, { assertion: (header) => void (header['typ'] = typ) }, `an assertion that says ${typ}`));
      return worst(outcomes);
    },
  },
]; // prettier-ignore
