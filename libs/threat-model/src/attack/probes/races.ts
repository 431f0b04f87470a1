import { location } from '../browser.js';
import type { Members } from '../jws.js';
import { byAssertion, byBackchannel, byBrowser, byDpop, inconclusive, judged, type Outcome, type Probe } from '../probe.js';
import { CannotTry, NothingThere, type Scene } from '../scene.js';
import type { Incoming } from '../wire.js';
import { revocationMs } from './tokens.js';

const racers = 6;

/** The same message so many times at once. */
const atOnce = (send: (step: string) => Promise<Incoming>, what: string): Promise<readonly Incoming[]> => Promise.all(Array.from({ length: racers }, (_, index) => send(`${what} (${index + 1} of ${racers} at once)`)));

/** Of all that came at once, one may have been taken. */
function atMostOne(answers: readonly Incoming[], what: string): Outcome {
  const taken = answers.filter(({ status }) => status < 400).length;
  if (taken <= 1 && answers.every(({ status }) => status >= 500 || status < 400)) return inconclusive(`${what}: the server failed`);
  return judged(taken <= 1, `${what}: ${taken} of ${answers.length} taken`, `${what}: ${taken} of ${answers.length} taken at once`);
}

/** What works once, tried several times at the same moment: a check and a note of it that are two steps let both pass. */
export const raceProbes: readonly Probe[] = [
  {
    id: 'CODE-03/raced', attack: 'TM-CODE-03', against: ['code-once'], says: 'A code is exchanged several times at the same moment.', unfit: byBrowser,
    run: async (scene) => {
      const authorized = await scene.authorized();
      return atMostOne(await atOnce((step) => scene.redeem(authorized, {}, step), 'Exchange the code'), 'one code');
    },
  },
  {
    id: 'PAR-02/raced', attack: 'TM-PAR-02', against: ['request-uri-once'], says: 'A request_uri is agreed to in two browsers at the same moment.', unfit: byBrowser,
    run: async (scene) => {
      const { requestUri } = await scene.pushed();
      const url = scene.victim.authorizationUrl({ client_id: scene.victim.id, request_uri: requestUri });
      const asking = [await consentOf(scene, url), await consentOf(scene, url)];
      const answers = await Promise.all(asking.map(({ browser, form }, index) => browser.submit(form, `Agree in browser ${index + 1}`)));
      const codes = answers.filter((answer, index) => (location(answer, asking[index]!.form.action) ?? '').startsWith(scene.target.clients[0].redirectUri) || answer.text.includes(scene.target.clients[0].redirectUri));
      if (codes.length === 0) return inconclusive('neither browser was sent back to the client');
      return judged(codes.length === 1, 'one of the two got the answer', 'both got an answer');
    },
  },
  {
    id: 'CIBA-03/raced', attack: 'TM-CIBA-03', against: ['backchannel-of-its-client'], says: 'The tokens of one auth_req_id are fetched several times at the same moment.', unfit: byBackchannel,
    run: async (scene) => {
      const asked = await scene.asked();
      await scene.device.approve(asked.message);
      return atMostOne(await atOnce((step) => scene.poll(asked, {}, step), 'Fetch the tokens'), 'one auth_req_id');
    },
  },
  {
    id: 'CA-01/raced', attack: 'TM-CA-01', against: ['assertion-once'], says: 'One assertion is used for several requests at the same moment.', unfit: byAssertion,
    run: async (scene) => {
      await scene.authenticated({ anonymous: true });
      let made: string | undefined;
      const assertionText = (header: Members, claims: Members): string => (made ??= scene.victim.signedAs(header, claims));
      return atMostOne(await atOnce((step) => scene.authenticated({ assertionText }, step), 'Send a request'), 'one assertion');
    },
  },
  {
    id: 'DPOP-01/raced', attack: 'TM-DPOP-01', against: ['proof-once'], says: 'A captured request is sent several times at the same moment.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      const message = scene.victim.message(scene.resource, accessToken);
      return atMostOne(await atOnce((step) => scene.wire.send(message, step), 'Read accounts with one proof'), 'one proof');
    },
  },
  {
    id: 'TOK-07/raced', attack: 'TM-TOK-07', against: ['revocation-known'], says: 'While a refresh token is being revoked it is used: what comes of it must be dead, too.',
    run: async (scene) => {
      const { accessToken, refreshToken: token } = await scene.tokens(true);
      if (token === undefined) throw new NothingThere(`${scene.victim.id} is given no refresh token`);
      const refreshing = [1, 2, 3].map((turn) => scene.victim.token({ grant_type: 'refresh_token', refresh_token: token }, {}, `Refresh (${turn})`));
      const [revoked, ...refreshed] = await Promise.all([scene.victim.post('revocation_endpoint', { token }, { dpop: null }, 'Revoke at the same moment'), ...refreshing]);
      if (revoked.status !== 200) throw new CannotTry(`a good revocation was refused: ${revoked.status}`);
      await new Promise((resolve) => setTimeout(resolve, revocationMs));
      const born = refreshed.flatMap(({ json }) => (typeof json['access_token'] === 'string' ? [json['access_token']] : []));
      const alive: string[] = [];
      for (const one of [accessToken, ...born]) if ((await scene.victim.call(scene.resource, one, {}, 'Use what came of it')).status < 400) alive.push(one);
      return judged(alive.length === 0, `${born.length + 1} access tokens, all dead`, `${alive.length} of ${born.length + 1} access tokens live on`);
    },
  },
]; // prettier-ignore

/** A browser at the page that asks for the last yes, and that page’s form. */
async function consentOf(scene: Scene, url: string) {
  const browser = scene.newBrowser();
  const form = await browser.upToLast(url, scene.target.clients[0].redirectUri);
  if (form === 'back') throw new NothingThere('nobody is asked to agree: the client is the issuer’s own');
  if (!form) throw new CannotTry(`the recipe finds no page that asks`);
  return { browser, form };
}
