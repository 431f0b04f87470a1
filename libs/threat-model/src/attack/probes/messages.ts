import { isSignedBy, newKey, random, readJwt } from '../jws.js';
import { bySignedRequests, inconclusive, judged, mustRefuse, stopped, succeeded, type Probe } from '../probe.js';
import { CannotTry, NothingThere, type Scene } from '../scene.js';

const introspectionType = 'application/token-introspection+jwt';

/** A good request of the honest client, as it would be if nobody signed it. */
function plainRequest({ victim, target }: Scene) {
  if (victim.client.flow !== 'backchannel') return victim.request(random());
  return victim.backchannelRequest(target.device?.loginHint ?? '', 'A1');
}

/** Sends a form where the honest client sends its requests. */
const sendRequest = ({ victim }: Scene, form: Readonly<Record<string, string | undefined>>, step: string) =>
  victim.post(victim.client.flow === 'backchannel' ? 'backchannel_authentication_endpoint' : 'pushed_authorization_request_endpoint', { client_id: victim.client.key ? undefined : victim.id, ...form }, { dpop: null }, step);

/** Who said what can be shown later, to others. */
export const messageProbes: readonly Probe[] = [
  {
    id: 'JAR-01/unsigned', attack: 'TM-JAR-01', against: ['signed-requests'], says: 'A client that must sign sends a request it could deny later.', unfit: bySignedRequests,
    run: async (scene) => mustRefuse(await sendRequest(scene, { ...plainRequest(scene), client_id: scene.victim.id }, 'Send a request without a signature'), 'no signature'),
  },
  {
    id: 'JAR-01/stranger', attack: 'TM-JAR-01', against: ['signed-requests'], says: 'A request is signed by somebody else, so that the client can say it was not it.', unfit: bySignedRequests,
    run: async (scene) => {
      const request = scene.victim.requestObject(plainRequest(scene), { client_id: scene.victim.id }, { ...newKey(), alg: 'ES256' });
      return mustRefuse(await sendRequest(scene, { request }, 'Send a request signed with a stranger’s key'), 'a stranger’s signature');
    },
  },
  {
    id: 'JAR-01/kept', attack: 'TM-JAR-01', against: ['evidence-kept'], says: 'The client denies its request, and what the issuer keeps is asked.',
    unfit: (scene) => bySignedRequests(scene) ?? (scene.target.evidence === undefined ? 'nobody here can read what the target keeps' : undefined),
    run: async (scene) => {
      await scene.tokens(true);
      const sent = scene.victim.lastRequestObject;
      const kept = (await scene.target.evidence?.(scene.victim.id)) ?? [];
      scene.wire.note('Ask for what is kept', `signed messages about ${scene.victim.id}`, kept.map((jws) => JSON.stringify(readJwt(jws)?.header)).join('\n') || 'nothing', 'as it must be');
      return judged(sent !== undefined && kept.includes(sent), `the request is kept as it was signed, among ${kept.length} messages`, `of ${kept.length} messages that are kept, none is the request`);
    },
  },
  {
    id: 'ID-02/signed', attack: 'TM-ID-02', against: ['id-tokens-signed'], says: 'An ID token is shown to somebody else: whoever said it, by which published key, to whom.',
    run: async (scene) => {
      const { idToken } = await scene.tokens();
      if (idToken === undefined) throw new NothingThere('the honest client asks for no ID tokens');
      const { header, claims } = readJwt(idToken) ?? {};
      if (!claims) throw new NothingThere('ID tokens are encrypted to their client: it alone can show them');
      const holds = isSignedBy(idToken, await scene.keys('Fetch the published keys'));
      scene.wire.note('Read an ID token', JSON.stringify(header), JSON.stringify({ iss: claims['iss'], aud: claims['aud'] }), holds ? 'as it must be' : 'unexpected');
      return judged(holds && claims['iss'] === scene.target.issuer && [claims['aud']].flat().includes(scene.victim.id), 'a published key made its signature', 'no published key made its signature');
    },
  },
  {
    id: 'INT-02/signed', attack: 'TM-INT-02', against: ['signed-introspection'], says: 'A resource server asks about a token and wants an answer it can show later.',
    unfit: ({ asker, metadata }) => (asker === undefined ? 'there is no resource server’s client to play' : metadata['introspection_signing_alg_values_supported'] === undefined ? 'the issuer signs no answers about tokens, and promises none' : undefined),
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const asker = scene.asker;
      if (!asker) throw new CannotTry('there is no resource server’s client to play');
      const answer = await asker.post('introspection_endpoint', { token: accessToken }, { dpop: null, last: (message) => ({ ...message, headers: [...(message.headers ?? []).filter(([name]) => name !== 'accept'), ['accept', introspectionType]] }) }, 'Ask about a token, for a signed answer');
      if (answer.status >= 500) return inconclusive(`the server failed with ${answer.status}`);
      const { claims } = readJwt(answer.text) ?? {};
      if (!claims) return succeeded(`the answer is not signed: ${answer.status} ${String(answer.headers['content-type'])}`);
      const about = claims['token_introspection'] as Readonly<Record<string, unknown>> | undefined;
      const whole = claims['iss'] === scene.target.issuer && [claims['aud']].flat().includes(asker.id) && about?.['active'] === true;
      scene.wire.note('Read the answer', JSON.stringify(readJwt(answer.text)?.header), JSON.stringify({ iss: claims['iss'], aud: claims['aud'], active: about?.['active'] }), whole ? 'as it must be' : 'unexpected');
      if (!isSignedBy(answer.text, await scene.keys('Fetch the published keys'))) return succeeded('no published key made its signature');
      return whole ? stopped('signed by a published key, for whoever asked') : succeeded('signed, but not for whoever asked');
    },
  },
]; // prettier-ignore
