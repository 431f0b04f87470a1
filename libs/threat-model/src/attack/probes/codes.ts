import { newKey, random } from '../jws.js';
import { all, byBrowser, byDpop, inconclusive, judged, manages, mustRefuse, needing, withThief, worst, type Outcome, type Probe } from '../probe.js';
import { CannotTry, NothingThere, type Scene } from '../scene.js';
import { differing } from './entropy.js';

const refreshing = (scene: Scene, token: string | undefined): string => {
  if (token === undefined) throw new NothingThere(`${scene.victim.id} is given no refresh token`);
  return token;
};

/** Codes in the wrong hands. */
const ofCodes: readonly Probe[] = [
  {
    id: 'CODE-01/injected', attack: 'TM-CODE-01', against: ['pkce-verified'], says: 'The honest client is made to exchange a leaked code with the verifier of the attacker’s session.',
    run: async (scene) => mustRefuse(await scene.redeem({ code: (await scene.authorized()).code, verifier: random() }, {}, 'Exchange the code with another verifier'), 'another verifier'),
  },
  {
    id: 'CODE-01/late', attack: 'TM-CODE-01', against: ['code-short'], says: 'A code is exchanged after more than a minute.',
    run: async (scene) => {
      const authorized = await scene.authorized();
      if (!(await scene.wait(61))) return inconclusive('that takes 61 seconds of waiting (--wait)');
      return mustRefuse(await scene.redeem(authorized, {}, 'Exchange an old code'), 'an old code');
    },
  },
  {
    id: 'CODE-02/other-client', attack: 'TM-CODE-02', against: ['code-of-its-client', 'pkce-verified'], says: 'Another client, properly authenticated, exchanges a leaked code.', unfit: withThief,
    run: async (scene) => mustRefuse(await scene.redeem({ code: (await scene.authorized()).code, verifier: random() }, {}, 'Exchange the code as another client', scene.thief), 'another client'),
  },
  {
    id: 'CODE-02/nobody', attack: 'TM-CODE-02', against: ['client-authentication', 'pkce-verified'], says: 'Somebody without any key exchanges a leaked code in the client’s name.',
    run: async (scene) => mustRefuse(await scene.redeem({ code: (await scene.authorized()).code, verifier: random() }, { anonymous: true }, 'Exchange the code unauthenticated'), 'no authentication'),
  },
  {
    id: 'CODE-03/twice', attack: 'TM-CODE-03', against: ['code-once'], says: 'A code that was exchanged is exchanged again, with everything right.',
    run: async (scene) => {
      const authorized = await scene.authorized();
      const first = await scene.redeem(authorized, {}, 'Exchange the code');
      if (first.status !== 200) throw new CannotTry(`a good code was refused: ${first.status}`);
      return mustRefuse(await scene.redeem(authorized, {}, 'Exchange it again'), 'the second time');
    },
  },
  {
    id: 'CSRF-01/attackers-code', attack: 'TM-CSRF-01', against: ['pkce-verified', 'nonce-or-state'], says: 'The attacker’s own code is put into the victim’s session: its client sends the victim’s verifier.',
    run: async (scene) => {
      const [victims, attackers] = [await scene.pushed(), await scene.authorized()];
      return mustRefuse(await scene.redeem({ code: attackers.code, verifier: victims.verifier }, {}, 'Exchange the attacker’s code with the victim’s verifier'), 'the attacker’s code');
    },
  },
  {
    id: 'BRUTE-01/tokens', attack: 'TM-BRUTE-01', against: ['handle-entropy'], says: 'Codes are compared: what differs between them must be more than anybody can guess.',
    run: async (scene) => {
      const made: string[] = [];
      for (let i = 0; i < 4; i += 1) made.push((await scene.authorized()).code);
      return differing(scene, made, 'codes');
    },
  },
]; // prettier-ignore

/** Tokens, grants and what is told of them, in the wrong hands. */
const ofTokens: readonly Probe[] = [
  {
    id: 'RT-01/other-client', attack: 'TM-RT-01', against: ['refresh-of-its-client'], says: 'A stolen refresh token is used by another client, properly authenticated.', unfit: withThief,
    run: async (scene) => mustRefuse(await scene.thief.token({ grant_type: 'refresh_token', refresh_token: refreshing(scene, (await scene.tokens()).refreshToken) }, {}, 'Refresh as another client'), 'another client'),
  },
  {
    id: 'RT-01/nobody', attack: 'TM-RT-01', against: ['client-authentication'], says: 'A stolen refresh token is used by somebody without any key of the client.',
    run: async (scene) => mustRefuse(await scene.victim.token({ grant_type: 'refresh_token', refresh_token: refreshing(scene, (await scene.tokens()).refreshToken) }, { anonymous: true, dpop: newKey() }, 'Refresh unauthenticated'), 'no authentication'),
  },
  {
    id: 'TOK-01/unbound', attack: 'TM-TOK-01', against: ['tokens-bound'], says: 'A client asks for tokens without proving a key.', unfit: byDpop,
    run: async (scene) => mustRefuse((await scene.exchanged({ dpop: null }, 'Ask for the tokens without a proof')).answer, 'no proof'),
  },
  {
    id: 'TOK-02/target', attack: 'TM-TOK-02', against: ['target-granted'], says: 'A token is asked for a resource nobody allowed.',
    run: async (scene) => mustRefuse((await scene.exchanged({ form: { resource: 'https://elsewhere.example' } }, 'Ask for tokens for another resource')).answer, 'another resource'),
  },
  {
    id: 'TOK-07/lifetime', attack: 'TM-TOK-07', against: ['token-short'], says: 'How long a stolen token would be of use.',
    run: async (scene) => {
      const lifetime = Number((await scene.tokens()).answer['expires_in']);
      scene.wire.note('Read how long a token lives', 'the answer to a token request', `expires_in: ${lifetime}`, 'as it must be');
      return judged(lifetime <= 3600, `an access token lives ${lifetime} seconds`, `an access token lives ${lifetime} seconds`);
    },
  },
  {
    id: 'TOK-06/unlinked', attack: 'TM-TOK-06', against: ['id-tokens-signed'], says: 'An ID token that names neither the request it answers nor the access token beside it could be replayed beside another.',
    run: async (scene) => {
      const { idToken, nonce } = await scene.tokens();
      if (idToken === undefined) throw new NothingThere('the honest client asks for no ID tokens');
      const claims = decoded(idToken);
      if (!claims) throw new NothingThere('ID tokens are encrypted to their client: nobody else can read them');
      scene.wire.note('Read an ID token', `nonce of the request: ${nonce ?? 'none'}`, JSON.stringify({ iss: claims['iss'], aud: claims['aud'], nonce: claims['nonce'], at_hash: claims['at_hash'] }), 'as it must be');
      return judged(claims['nonce'] === nonce && typeof claims['at_hash'] === 'string' && [claims['aud']].flat().join() === scene.victim.id, 'the ID token names its request, its access token and its client', 'the ID token could be anybody’s');
    },
  },
  {
    id: 'BRUTE-01/password-grant', attack: 'TM-BRUTE-01', against: ['grant-types'], says: 'Passwords are tried at the token endpoint, past the sign-in page.',
    run: async (scene) => mustRefuse(await scene.victim.token({ grant_type: 'password', username: 'somebody', password: random(9), scope: 'accounts' }, {}, 'Send a password to the token endpoint'), 'the password grant'),
  },
  {
    id: 'GRNT-01/merge', attack: 'TM-GRNT-01', against: ['grant-of-its-client'], says: 'Another client names a grant_id it has learnt.', unfit: all(manages, withThief),
    run: async (scene) => {
      const { answer } = await scene.tokens(true, { grant_management_action: 'create' });
      const grantId = answer['grant_id'];
      if (typeof grantId !== 'string') throw new CannotTry('no grant_id came');
      return mustRefuse(await scene.begin(scene.thief, { grant_management_action: 'merge', grant_id: grantId }, {}, 'Ask to extend another client’s grant'), 'another client’s grant_id');
    },
  },
  {
    id: 'GRNT-02/replaced', attack: 'TM-GRNT-02', against: ['grant-version-floor'], says: 'A refresh token from before the grant was replaced is used after it.', unfit: all(manages),
    run: async (scene) => {
      const before = await scene.tokens(true, { grant_management_action: 'create' });
      const grantId = String(before.answer['grant_id']);
      await scene.tokens(true, { grant_management_action: 'replace', grant_id: grantId });
      return mustRefuse(await scene.victim.token({ grant_type: 'refresh_token', refresh_token: refreshing(scene, before.refreshToken) }, {}, 'Refresh with the token from before'), 'the token from before');
    },
  },
  {
    id: 'INT-01/asked', attack: 'TM-INT-01', against: ['introspection-by-role'], says: 'A client asks about the token of another.',
    unfit: ({ metadata, thief, victim }) => (typeof metadata['introspection_endpoint'] !== 'string' ? 'the issuer answers no questions about tokens' : victim.id === thief.id ? 'there is no second client' : thief.client.asksAboutTokens ? 'the second client is a resource server, which may ask' : undefined),
    run: async (scene) => {
      const outcomes: Outcome[] = [];
      for (const token of [(await scene.tokens()).accessToken, (await scene.tokens()).refreshToken ?? '']) {
        const answer = await scene.thief.post('introspection_endpoint', { token }, { dpop: null }, 'Ask about another client’s token');
        outcomes.push(judged(answer.json['active'] !== true, `nothing was told (${answer.status})`, 'the token was told of'));
      }
      return worst(outcomes);
    },
  },
  {
    id: 'INT-01/ended', attack: 'TM-INT-01', against: ['token-at-its-client'], says: 'A client ends the token of another.', unfit: withThief,
    run: async (scene) => {
      const { refreshToken, accessToken } = await scene.tokens(true);
      await scene.thief.post('revocation_endpoint', { token: accessToken }, { dpop: null }, 'End another client’s access token');
      const token = refreshing(scene, refreshToken);
      await scene.thief.post('revocation_endpoint', { token }, { dpop: null }, 'End another client’s refresh token');
      const answer = await scene.victim.call(scene.resource, accessToken, {}, 'Use the token as its own client');
      return judged(answer.status === 200, 'the token lives on', `the token is dead: ${answer.status}`);
    },
  },
]; // prettier-ignore

/** Codes, tokens and grants in the wrong hands. */
export const codeProbes: readonly Probe[] = [...needing(byBrowser, ofCodes), ...ofTokens];

const decoded = (jwt: string): Readonly<Record<string, unknown>> | undefined => {
  const [, claims] = jwt.split('.');
  try {
    return JSON.parse(Buffer.from(claims ?? '', 'base64url').toString()) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
};
