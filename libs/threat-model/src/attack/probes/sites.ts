import { createPrivateKey } from 'node:crypto';
import { formOf, location, type Browser, type PageForm } from '../browser.js';
import { publicJwkOf, random, sha256, signed, type Key, type Members } from '../jws.js';
import { inconclusive, judged, mustRefuse, needing, stopped, succeeded, worst, type Outcome, type Probe } from '../probe.js';
import { Rogue } from '../rogue.js';
import { CannotTry, type Scene } from '../scene.js';
import type { TargetRogue, TargetSite } from '../target.js';
import type { Incoming } from '../wire.js';

const away = 'https://attacker.example/';
/** Ways to write an address of elsewhere that a careless check takes for a path. */
const waysAway = [away, '//attacker.example/', '/\\attacker.example/'];

const own = ({ target: { sites = [] } }: Scene): readonly TargetSite[] => sites.filter(({ asksRogue }) => asksRogue !== true);
const ofRogue = ({ target: { sites = [] } }: Scene): TargetSite | undefined => sites.find(({ asksRogue }) => asksRogue === true);

/** Begins a sign-in at a site and goes through the issuer’s pages, to the address the browser is sent back to. */
async function toCallback(browser: Browser, site: TargetSite, next = '/'): Promise<URL> {
  const start = `${site.url}${site.signIn.replace('{next}', encodeURIComponent(next))}`;
  const sent = location(await browser.open(start), start);
  if (sent === undefined) throw new CannotTry(`${site.url} sends nobody to sign in`);
  return browser.approve(sent, `${site.url}${site.callback}`);
}

/** Where the browser is sent in the end, as far as the answer says. */
const endOf = (answer: Incoming, at: string): URL | undefined => {
  const to = location(answer, at);
  return to === undefined ? undefined : new URL(to);
};

/** The form that signs out, on the page one lands on. */
async function signOutForm(browser: Browser, site: TargetSite): Promise<PageForm> {
  const callback = await toCallback(browser, site);
  await browser.open(callback.href);
  const { answer, at } = await browser.pass(site.url);
  const form = formOf(answer, at, { button: site.signOut });
  if (!form) throw new CannotTry(`${site.url} shows nobody how to sign out (${answer.status})`);
  return form;
}

const each = async (scene: Scene, attack: (site: TargetSite) => Promise<Outcome>): Promise<Outcome> => {
  const outcomes: Outcome[] = [];
  for (const site of own(scene)) outcomes.push(await attack(site));
  return worst(outcomes);
};

const atOwn: readonly Probe[] = [
  {
    id: 'RED-02/next', attack: 'TM-RED-02', against: ['own-way-back'], says: 'A link to a site’s sign-in says where to go afterwards: to the attacker.',
    run: (scene) =>
      each(scene, async (site) => {
        const outcomes: Outcome[] = [];
        for (const next of waysAway) {
          const browser = scene.newBrowser();
          const callback = await toCallback(browser, site, next);
          const answer = await browser.open(callback.href, `Come back from a sign-in that wanted to go on to ${next}`);
          const end = endOf(answer, callback.href);
          outcomes.push(judged(end === undefined || end.origin === site.url, `${next}: ${end?.pathname ?? String(answer.status)} of its own`, `${next}: sent to ${end?.origin ?? ''}`));
        }
        return worst(outcomes);
      }),
  },
  {
    id: 'LOG-01/sign-out', attack: 'TM-LOG-01', against: ['own-way-back'], says: 'A sign-out says where to go afterwards: to the attacker.',
    run: (scene) =>
      each(scene, async (site) => {
        const browser = scene.newBrowser();
        const form = await signOutForm(browser, site);
        const url = new URL(form.action);
        for (const name of ['next', 'post_logout_redirect_uri', 'returnTo']) {
          url.searchParams.set(name, away);
          form.fields.set(name, away);
        }
        const answer = await browser.submit({ ...form, action: url.href }, 'Sign out, and ask to go on to the attacker');
        const end = endOf(answer, url.href);
        return judged(end === undefined || end.origin === site.url, `signed out to ${end?.pathname ?? String(answer.status)} of its own`, `sent to ${end?.origin ?? ''}`);
      }),
  },
  {
    id: 'LOG-01/forged', attack: 'TM-LOG-01', against: ['forms-from-own-pages'], says: 'A foreign page signs somebody out, to have them sign in again at a moment of its choice.',
    run: (scene) =>
      each(scene, async (site) => {
        const browser = scene.newBrowser();
        const form = await signOutForm(browser, site);
        return mustRefuse(await browser.submit(form, 'Submit the form from a foreign page', { origin: 'https://attacker.example', site: 'cross-site' }), 'a foreign page’s form');
      }),
  },
  {
    id: 'CSRF-01/site', attack: 'TM-CSRF-01', against: ['response-of-its-browser', 'pkce-verified', 'client-binds-its-browser'], says: 'The attacker’s own response from the issuer is opened in the victim’s browser: one that asked for nothing, and one that waits for its own.',
    run: (scene) =>
      each(scene, async (site) => {
        const outcomes: Outcome[] = [];
        for (const waits of [false, true]) {
          const attackers = await toCallback(scene.newBrowser(), site);
          const victims = scene.newBrowser();
          if (waits) await victims.open(`${site.url}${site.signIn.replace('{next}', '%2F')}`);
          outcomes.push(notSignedIn(await victims.open(attackers.href, waits ? 'Open the attacker’s response in a browser that waits for its own' : 'Open the attacker’s response in a browser that asked for nothing'), 'the attacker’s response'));
        }
        return worst(outcomes);
      }),
  },
  {
    id: 'MIX-01/site', attack: 'TM-MIX-01', against: ['response-of-its-browser'], says: 'A site gets a response that names another issuer than the one it asked.',
    run: (scene) =>
      each(scene, async (site) => {
        const browser = scene.newBrowser();
        const callback = await toCallback(browser, site);
        callback.searchParams.set('iss', 'https://rogue.example');
        return notSignedIn(await browser.open(callback.href, 'Come back with another issuer’s name'), 'another issuer’s name');
      }),
  },
]; // prettier-ignore

/** A good sign-in ends in a redirect to a page of the site. */
const notSignedIn = (answer: Incoming, what: string): Outcome =>
  answer.status >= 500 ? inconclusive(`${what}: the site failed with ${answer.status}`) : answer.status < 400 ? succeeded(`${what}: signed in`) : stopped(`${what}: refused with ${answer.status}`);

/** How the rogue answers a site that asks it. */
type Lie = 'none' | 'another token' | 'another nonce';

/** At a site that was told to sign people in at the rogue. */
const atRogue: readonly Probe[] = [
  {
    id: 'TOK-06/site', attack: 'TM-TOK-06', against: ['id-token-of-its-token'], says: 'A rogue token endpoint hands a site an ID token beside an access token it was not made for, and one made for another request.',
    run: async (scene) => {
      const site = ofRogue(scene)!;
      if ((await signedInBy(scene, site, 'none')).status >= 400) return inconclusive('the site signs nobody in at the rogue, not even rightly');
      return worst([notSignedIn(await signedInBy(scene, site, 'another token', 'Come back; the ID token is for another access token'), 'another access token'), notSignedIn(await signedInBy(scene, site, 'another nonce', 'Come back; the ID token is for another request'), 'another request')]);
    },
  },
];

async function signedInBy(scene: Scene, site: TargetSite, lie: Lie, step?: string): Promise<Incoming> {
  const rogue = await Rogue.open(scene.target.rogue);
  try {
    answerAsIssuer(rogue, scene.target.rogue!, lie);
    const browser = scene.newBrowser();
    scene.wire.admit(new URL(rogue.issuer).host);
    const distrust = scene.wire.trust(rogue.certificate);
    const callback = await toCallback(browser, site).finally(distrust);
    return await browser.open(callback.href, step);
  } finally {
    await rogue.close();
  }
}

/** An issuer as a site expects one, but for the lie. */
function answerAsIssuer(rogue: Rogue, { identity, clientId, claims = {} }: TargetRogue, lie: Lie): void {
  // Sites keep the keys of an issuer for a while: it has one, as long as it has its certificate.
  const key: Key = { alg: 'ES256', kid: 'rogue', privateKey: createPrivateKey(identity.key) };
  let asked: Readonly<Record<string, string | undefined>> = {};
  rogue.on('/jwks', () => ({ json: { keys: [{ ...publicJwkOf(key), kid: 'rogue', use: 'sig', alg: 'ES256' }] } }));
  rogue.on('/par', ({ form }) => {
    asked = form;
    return { status: 201, json: { request_uri: 'urn:ietf:params:oauth:request_uri:rogue', expires_in: 60 } };
  });
  rogue.on('/authorize', () => {
    const back = new URL(asked['redirect_uri'] ?? '');
    back.search = new URLSearchParams({ code: random(), state: asked['state'] ?? '', iss: rogue.issuer }).toString();
    return { location: back.href };
  });
  rogue.on('/token', () => {
    const accessToken = random();
    const now = Math.floor(Date.now() / 1000);
    const said: Members = { iss: rogue.issuer, sub: 'somebody', aud: clientId, iat: now, exp: now + 60, auth_time: now, nonce: lie === 'another nonce' ? random() : asked['nonce'], at_hash: halfHash(lie === 'another token' ? random() : accessToken), ...claims };
    return { json: { access_token: accessToken, token_type: 'Bearer', expires_in: 60, id_token: signed({ typ: 'JWT', kid: 'rogue' }, said, key) } };
  });
}

/** OpenID Connect Core section 3.1.3.6. */
const halfHash = (text: string): string => Buffer.from(sha256(text), 'base64url').subarray(0, 16).toString('base64url');

/** Sites that are clients of the target, met from outside as any browser meets them. */
export const siteProbes: readonly Probe[] = [
  ...needing((scene) => (own(scene).length === 0 ? 'the target names no site that signs in there' : undefined), atOwn),
  ...needing((scene) => (ofRogue(scene) === undefined ? 'no site was told to sign in at the suite’s own rogue issuer' : undefined), atRogue),
];
