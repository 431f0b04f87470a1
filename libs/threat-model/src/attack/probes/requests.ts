import { headingOf, location } from '../browser.js';
import { newKey, random, sha256, thumbprintOf } from '../jws.js';
import { all, byBrowser, byDpop, inconclusive, judged, mustRefuse, needing, stopped, succeeded, withThief, worst, type Outcome, type Probe } from '../probe.js';
import { responseOf, type Scene } from '../scene.js';
import type { Incoming } from '../wire.js';
import { differing } from './entropy.js';

const attackersCallback = 'https://attacker.example/callback';

/** A page that must say no: neither a form of the recipe nor a way on. */
function mustNotServe(scene: Scene, answer: Incoming, at: string, what: string): Outcome {
  if (answer.status >= 500) return inconclusive(`${what}: the server failed with ${answer.status}`);
  const on = location(answer, at);
  const next = on === undefined ? undefined : new URL(on);
  const served = next && (next.origin === new URL(scene.target.issuer).origin || next.searchParams.has('code')) && !next.searchParams.has('error');
  if (served) return succeeded(`${what}: went on to ${next.pathname}`);
  if (scene.browser.filled(answer, at)) return succeeded(`${what}: the page asks the customer (${headingOf(answer)})`);
  return stopped(`${what}: ${answer.status} ${headingOf(answer)}`);
}

async function openAs(scene: Scene, parameters: Readonly<Record<string, string | undefined>>, step: string): Promise<Outcome> {
  const url = scene.victim.authorizationUrl(parameters);
  return mustNotServe(scene, await scene.newBrowser().open(url, step), url, step);
}

/** Authorization requests on their way. */
export const requestProbes: readonly Probe[] = needing(byBrowser, [
  {
    id: 'PAR-01/front-channel', attack: 'TM-PAR-01', against: ['pushed-requests', 'signed-requests'], says: 'All parameters stand in the address, where anybody can change them.',
    run: (scene) => openAs(scene, { client_id: scene.victim.id, ...scene.victim.request(random()) }, 'Ask with plain parameters'),
  },
  {
    id: 'PAR-01/beside', attack: 'TM-PAR-01', against: ['pushed-requests', 'signed-requests'], says: 'A wider scope and the attacker’s address stand beside a good request_uri.',
    run: async (scene) => {
      const { requestUri, request } = await scene.pushed();
      const url = scene.victim.authorizationUrl({ client_id: scene.victim.id, request_uri: requestUri, redirect_uri: attackersCallback, state: 'attackers' });
      const callback = await scene.browser.approve(url, scene.target.clients[0].redirectUri).catch(() => undefined);
      if (!callback) return stopped('the request was refused as a whole');
      tell(scene, responseOf(callback));
      const state = responseOf(callback).get('state');
      return judged(callback.href.startsWith(scene.target.clients[0].redirectUri) && state !== 'attackers', 'what stood beside the reference was ignored', `the answer carries what stood beside the reference (${state === request['state'] ? 'own' : 'foreign'} state)`);
    },
  },
  {
    id: 'PKCE-02/planted', attack: 'TM-PKCE-02', against: ['pushed-requests', 'signed-requests'], says: 'A link brings the victim’s browser to a request with a challenge of the attacker.',
    run: (scene) => openAs(scene, { client_id: scene.victim.id, ...scene.victim.request(random(), { code_challenge: sha256(random()) }) }, 'Open a request with the attacker’s challenge'),
  },
  {
    id: 'PKCE-01/none', attack: 'TM-PKCE-01', against: ['pkce-demanded'], says: 'A request without a challenge.',
    run: async (scene) => mustRefuse(await scene.victim.push(scene.victim.request(random()), { form: { code_challenge: undefined, code_challenge_method: undefined } }, 'Push without a challenge'), 'no challenge'),
  },
  {
    id: 'PKCE-01/plain', attack: 'TM-PKCE-01', against: ['pkce-demanded'], says: 'A challenge that is the secret itself.',
    run: async (scene) => mustRefuse(await scene.victim.push(scene.victim.request(random()), { form: { code_challenge_method: 'plain' } }, 'Push with the method plain'), 'the method plain'),
  },
  {
    id: 'PAR-02/finished', attack: 'TM-PAR-02', against: ['request-uri-once'], says: 'A request_uri that led to a yes is opened again.',
    run: async (scene) => {
      const { requestUri } = await scene.authorized();
      const url = scene.victim.authorizationUrl({ client_id: scene.victim.id, request_uri: requestUri });
      return mustNotServe(scene, await scene.browser.open(url, 'Open a finished request'), url, 'a finished request');
    },
  },
  {
    id: 'PAR-02/old', attack: 'TM-PAR-02', against: ['request-uri-short'], says: 'A request_uri is opened ten minutes after it was made.',
    run: async (scene) => {
      const { requestUri } = await scene.pushed();
      if (!(await scene.wait(600))) return inconclusive('that takes 600 seconds of waiting (--wait)');
      return openAs(scene, { client_id: scene.victim.id, request_uri: requestUri }, 'Open an old request');
    },
  },
  {
    id: 'PAR-03/swapped', attack: 'TM-PAR-03', against: ['request-uri-of-its-client'], says: 'The request_uri of one client is opened under the name of another.', unfit: withThief,
    run: async (scene) => openAs(scene, { client_id: scene.thief.id, request_uri: (await scene.pushed()).requestUri }, 'Open it under another client’s name'),
  },
  {
    id: 'PAR-04/guessed', attack: 'TM-PAR-04', against: ['handle-entropy'], says: 'Four request_uris are compared: what differs between them must be more than anybody can guess.',
    run: async (scene) => {
      const made: string[] = [];
      for (let i = 0; i < 4; i += 1) made.push((await scene.pushed()).requestUri);
      return differing(scene, made, 'request_uri');
    },
  },
  {
    id: 'PAR-05/leaked', attack: 'TM-PAR-05', against: ['request-uri-once'], says: 'The attacker has read a request_uri from the victim’s history and opens it in their own browser, after the victim.',
    run: async (scene) => openAs(scene, { client_id: scene.victim.id, request_uri: (await scene.authorized()).requestUri }, 'Open the leaked request in another browser'),
  },
  {
    id: 'PAR-06/nested', attack: 'TM-PAR-06', against: ['own-references'], says: 'A pushed request names another request_uri.',
    run: async (scene) => mustRefuse(await scene.victim.push(scene.victim.request(random()), { form: { request_uri: 'https://attacker.example/request.jwt' } }, 'Push a request that names another'), 'a request_uri in a pushed request'),
  },
  {
    id: 'PAR-06/external', attack: 'TM-PAR-06', against: ['own-references'], says: 'The issuer is told to fetch a request from an address inside.',
    run: (scene) => openAs(scene, { client_id: scene.victim.id, request_uri: 'https://169.254.169.254/latest/meta-data' }, 'Open a request at an address inside'),
  },
  {
    id: 'RED-01/open-redirector', attack: 'TM-RED-01', against: ['validated-redirect'], says: 'A request that is refused sends the browser to an address of the attacker.',
    run: async (scene) => {
      const outcomes: Outcome[] = [];
      for (const client of [scene.victim.id, 'nobody-knows-me']) {
        const url = scene.victim.authorizationUrl({ client_id: client, ...scene.victim.request(random(), { redirect_uri: attackersCallback, scope: 'no-such-scope' }) });
        const answer = await scene.newBrowser().open(url, `Be refused as ${client === scene.victim.id ? 'a known client' : 'nobody'}`);
        const to = location(answer, url);
        outcomes.push(judged(!to?.startsWith('https://attacker.example'), `shown on a page (${answer.status})`, 'the browser was sent to the attacker'));
      }
      return worst(outcomes);
    },
  },
  {
    id: 'RED-03/foreign', attack: 'TM-RED-03', against: ['redirect-uri-registered'], says: 'A request with a redirect_uri that is not registered.',
    run: async (scene) => mustRefuse(await scene.victim.push(scene.victim.request(random(), { redirect_uri: attackersCallback }), {}, 'Push with an address of the attacker'), 'a foreign redirect_uri'),
  },
  {
    id: 'RED-03/almost', attack: 'TM-RED-03', against: ['redirect-uri-registered'], says: 'Redirect URIs that only look like the registered one.',
    run: async (scene) => {
      const own = scene.target.clients[0].redirectUri;
      const outcomes: Outcome[] = [];
      for (const uri of [`${own}/../other`, `${own}?next=x`, own.replace('https://', 'http://'), `${own}%2f`]) outcomes.push(mustRefuse(await scene.victim.push(scene.victim.request(random(), { redirect_uri: uri }), {}, 'Push with almost the right address'), 'almost the right address'));
      return worst(outcomes);
    },
  },
  {
    id: 'BRS-01/elsewhere', attack: 'TM-BRS-01', against: ['redirect-uri-registered'], says: 'The attacker has the victim complete a flow of theirs, whose response would go to a place the attacker can read: unencrypted, or their own.',
    run: async (scene) => {
      const own = scene.target.clients[0].redirectUri;
      const outcomes: Outcome[] = [];
      for (const uri of [own.replace('https://', 'http://'), attackersCallback]) outcomes.push(mustRefuse(await scene.begin(scene.victim, { redirect_uri: uri }, {}, 'Ask for the response at a readable place'), 'a readable place'));
      return worst(outcomes);
    },
  },
  {
    id: 'BRS-01/confidential', attack: 'TM-BRS-01', against: ['response-confidential'], says: 'The victim completes the attacker’s flow; the attacker looks where the response may have been left: caches, referrers.',
    run: async (scene) => {
      const { requestUri } = await scene.pushed();
      const url = scene.victim.authorizationUrl({ client_id: scene.victim.id, request_uri: requestUri });
      const { answer } = await scene.newBrowser().answered(url, scene.target.clients[0].redirectUri);
      const [stored, referrer] = [String(answer.headers['cache-control'] ?? ''), String(answer.headers['referrer-policy'] ?? '')];
      scene.wire.note('Look at what may be left', 'the answer with the response in it', `cache-control: ${stored}\nreferrer-policy: ${referrer}`, 'as it must be');
      return judged(/no-store/.test(stored) && /^(no-referrer|same-origin|strict-origin|origin|strict-origin-when-cross-origin)$/.test(referrer), 'it is not stored, and no referrer tells it', 'it may be stored, or told on by a referrer');
    },
  },
  {
    id: 'JARM-01/unnamed', attack: 'TM-JARM-01', against: ['issuer-in-response', 'signed-responses'], says: 'A response that does not say whose it is could be given to another client, or be another issuer’s.',
    run: async (scene) => namesIssuer(scene, (await scene.authorized()).parameters),
  },
  {
    id: 'MIX-01/response', attack: 'TM-MIX-01', against: ['issuer-in-response', 'signed-responses'], says: 'A client that was made to begin at a rogue issuer gets the honest one’s response: only its issuer tells.',
    run: async (scene) => namesIssuer(scene, (await scene.authorized()).parameters),
  },
  {
    id: 'MIX-02/same-client-id', attack: 'TM-MIX-02', against: ['issuer-in-response', 'signed-responses'], says: 'The rogue issuer gave the client the same client_id; the response is compared with the rogue’s name.',
    run: async (scene) => {
      const { parameters } = await scene.authorized();
      tell(scene, parameters);
      const iss = parameters.get('iss');
      return judged(iss !== null && iss !== 'https://rogue.example', `the response says ${iss ?? ''}, not the rogue’s name`, 'the response could be the rogue’s');
    },
  },
  {
    id: 'TOK-06/implicit', attack: 'TM-TOK-06', against: ['code-flow-only'], says: 'Tokens are asked for through the browser.',
    run: async (scene) => {
      const outcomes: Outcome[] = [];
      for (const type of ['token', 'id_token token', 'code token']) outcomes.push(mustRefuse(await scene.victim.push(scene.victim.request(random(), { response_type: type }), {}, `Push with response_type ${type}`), type));
      return worst(outcomes);
    },
  },
  {
    id: 'DPOP-05/other-key', attack: 'TM-DPOP-05', against: ['code-of-its-key'], says: 'A code asked for with one DPoP key is exchanged with another.', unfit: all(byDpop),
    run: async (scene) => {
      const authorized = await scene.authorized({ dpop_jkt: scene.victim.thumbprint });
      const other = newKey();
      return mustRefuse(await scene.redeem(authorized, { dpop: other }, 'Exchange it with another key'), `a key with the thumbprint ${thumbprintOf(other).slice(0, 6)}…`);
    },
  },
]); // prettier-ignore

const tell = ({ wire }: Scene, parameters: URLSearchParams): void => wire.note('Read the response', 'what the browser brings back to the client', parameters.toString(), 'as it must be');

function namesIssuer(scene: Scene, parameters: URLSearchParams): Outcome {
  const iss = parameters.get('iss');
  tell(scene, parameters);
  return judged(iss === scene.target.issuer, 'the response names its issuer', iss === null ? 'the response names no issuer' : `the response names ${iss}`);
}
