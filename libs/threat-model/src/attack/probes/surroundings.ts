import { connect } from 'node:tls';
import { location } from '../browser.js';
import { random } from '../jws.js';
import { inconclusive, judged, stopped, succeeded, worst, type Outcome, type Probe } from '../probe.js';
import { CannotTry, type Scene } from '../scene.js';

/** The sign-in page in a new browser, and the address it stands at. */
async function signInPage(scene: Scene, step?: string) {
  if (scene.victim.client.flow === 'backchannel') return devicePage(scene, step);
  const browser = scene.newBrowser();
  let at = scene.victim.authorizationUrl({ client_id: scene.victim.id, request_uri: (await scene.pushed()).requestUri });
  let answer = await browser.open(at, step);
  for (let hops = 0; hops < 4; hops += 1) {
    const next = location(answer, at);
    if (next === undefined) break;
    at = next;
    answer = await browser.open(at);
  }
  const form = browser.filled(answer, at);
  if (!form) throw new CannotTry('the recipe finds no sign-in page');
  return { browser, answer, form };
}

/** The sign-in of a customer’s own device. */
async function devicePage(scene: Scene, step?: string) {
  const [browser, at] = [scene.newBrowser(), scene.target.device?.url ?? ''];
  const answer = await browser.open(at, step);
  const form = browser.filled(answer, at);
  if (!form) throw new CannotTry('the recipe finds no sign-in page');
  return { browser, answer, form };
}

/** Pages, metadata and the network. */
export const surroundingsProbes: readonly Probe[] = [
  {
    id: 'CLK-01/framed', attack: 'TM-CLK-01', against: ['no-framing'], says: 'The sign-in page is asked whether it may be framed.',
    run: async (scene) => {
      const { answer } = await signInPage(scene, 'Open the sign-in page');
      const policy = String(answer.headers['content-security-policy'] ?? '');
      const frames = /frame-ancestors 'none'/.test(policy) || /^deny$/i.test(String(answer.headers['x-frame-options'] ?? ''));
      return judged(frames, 'frames are refused', 'the page may stand in a foreign frame');
    },
  },
  {
    id: 'CSRF-02/forged', attack: 'TM-CSRF-02', against: ['forms-from-own-pages'], says: 'A foreign page submits the sign-in form with the attacker’s own account.',
    run: async (scene) => {
      const { browser, form } = await signInPage(scene);
      const answer = await browser.submit(form, 'Submit the form from a foreign page', { origin: 'https://attacker.example', site: 'cross-site' });
      if (answer.status >= 500) return inconclusive(`the server failed with ${answer.status}`);
      return answer.status >= 400 ? stopped(`refused with ${answer.status}`) : succeeded(`answered ${answer.status}`);
    },
  },
  {
    id: 'RED-04/redirect-status', attack: 'TM-RED-04', against: ['see-other'], says: 'What the browser is told after the password was posted.',
    run: async (scene) => {
      const { browser, form } = await signInPage(scene);
      const answer = await browser.submit(form, 'Submit the password');
      return judged(answer.status !== 307 && answer.status !== 308, `answered ${answer.status}`, `answered ${answer.status}: the browser posts the password on`);
    },
  },
  {
    id: 'BRUTE-01/passwords', attack: 'TM-BRUTE-01', against: ['sign-in-brake'], says: 'Wrong passwords are tried one after the other.',
    unfit: ({ target }) => (target.mostPasswords === undefined ? 'the target says not to try passwords' : undefined),
    run: async (scene) => {
      const { browser, form } = await signInPage(scene);
      const secret = scene.target.login.flatMap(({ fields = {} }) => Object.keys(fields));
      for (const name of secret) form.fields.set(name, `nobody-${random(6)}`);
      const passwordField = secret.find((name) => /pass|pwd|pin|secret/i.test(name)) ?? secret.at(-1) ?? '';
      let at = form;
      for (let tries = 0; tries < (scene.target.mostPasswords ?? 0); tries += 1) {
        at.fields.set(passwordField, random(8));
        const answer = await browser.submit(at, tries === 0 ? 'Try a password' : undefined);
        if (answer.status === 429) return stopped(`slowed down after ${tries} passwords`);
        const next = browser.filled(answer, at.action);
        if (next) {
          for (const name of secret) next.fields.set(name, form.fields.get(name) ?? '');
          at = next;
        }
      }
      return succeeded(`${scene.target.mostPasswords ?? 0} wrong passwords in a row were taken`);
    },
  },
  {
    id: 'CORS-01/authorize', attack: 'TM-CORS-01', against: ['no-cross-origin'], says: 'A script of another origin asks to read the pages customers decide on.',
    run: async (scene) => {
      const url = scene.victim.client.flow === 'backchannel' ? (scene.target.device?.url ?? '') : scene.victim.authorizationUrl({ client_id: scene.victim.id });
      const outcomes: Outcome[] = [];
      for (const method of ['GET', 'OPTIONS']) {
        const answer = await scene.wire.send({ method, url, headers: [['origin', 'https://attacker.example'], ['accept', 'text/html'], ['access-control-request-method', 'GET']] }, `${method} from another origin`);
        outcomes.push(judged(answer.headers['access-control-allow-origin'] === undefined, `${method}: not allowed`, `${method}: allowed to read`));
      }
      return worst(outcomes);
    },
  },
  {
    id: 'META-01/endpoints', attack: 'TM-META-01', against: ['issuer-metadata'], says: 'The issuer’s own metadata, from its own address, says where its endpoints are.',
    run: async (scene) => {
      const metadata = await metadataOf(scene);
      const named = Object.entries(metadata).filter(([name]) => name.endsWith('_endpoint'));
      return judged(metadata['issuer'] === scene.target.issuer && named.every(([, value]) => String(value).startsWith('https://')), `${named.length} endpoints, all https, of the issuer that was asked`, `the metadata is of ${String(metadata['issuer'])}`);
    },
  },
  {
    id: 'META-02/issuer', attack: 'TM-META-02', against: ['issuer-metadata'], says: 'Metadata that poses as another issuer’s.',
    run: async (scene) => {
      const { issuer } = await metadataOf(scene);
      return judged(issuer === scene.target.issuer, 'the metadata names the issuer it was fetched from', `the metadata names ${String(issuer)}`);
    },
  },
  {
    id: 'META-02/resource', attack: 'TM-META-02', against: ['resource-metadata'], says: 'The resource says of itself who it is.',
    unfit: ({ target }) => (target.resource === undefined ? 'the target names no resource' : undefined),
    run: async (scene) => {
      const { origin } = new URL(scene.resource);
      const answer = await scene.wire.send({ method: 'GET', url: `${origin}/.well-known/oauth-protected-resource`, headers: [['accept', 'application/json']] }, 'Ask the resource who it is');
      if (answer.status !== 200) return inconclusive(`the resource publishes nothing about itself at ${origin}`);
      return judged(answer.json['resource'] === origin, `it is ${origin}`, `it says it is ${String(answer.json['resource'])}`);
    },
  },
  {
    id: 'NET-01/old-tls', attack: 'TM-NET-01', against: ['tls-only'], says: 'A handshake offers nothing newer than TLS 1.1.',
    run: async (scene) => {
      const { hostname, port } = new URL(scene.target.issuer);
      await scene.wire.spend(scene.target.issuer);
      const agreed = await handshake(hostname, Number(port || 443));
      scene.wire.note('Offer TLS 1.1 and older', `a handshake with ${hostname}:${port || 443}`, agreed ?? 'refused', agreed === undefined ? 'refused' : 'let through');
      return judged(agreed === undefined, 'the handshake was refused', `the server agreed on ${agreed ?? ''}`);
    },
  },
  {
    id: 'NET-02/forged-header', attack: 'TM-NET-02', against: ['certificate-from-connection'], says: 'Somebody who is no proxy sends a client certificate in a header.',
    run: async (scene) => {
      const headers = [['client-cert', ':MIIBszCCAVmgAwIBAgIUfake:'], ['ssl-client-cert', 'fake'], ['x-forwarded-client-cert', 'Hash=00'], ['x-ssl-client-der', 'fake']] as const;
      const outcomes: Outcome[] = [];
      for (const header of headers) {
        const answer = await scene.authenticated({ headers: [header] }, `Send the header ${header[0]}`);
        outcomes.push(answer.status >= 500 ? inconclusive(`${header[0]}: ${answer.status}`) : judged(answer.status >= 400, `${header[0]}: refused with ${answer.status}`, `${header[0]}: a header anybody can send passes without a word`));
      }
      return worst(outcomes);
    },
  },
]; // prettier-ignore

async function metadataOf({ wire, target }: Scene): Promise<Readonly<Record<string, unknown>>> {
  return (await wire.send({ method: 'GET', url: `${target.issuer}/.well-known/openid-configuration`, headers: [['accept', 'application/json']] }, 'Fetch the metadata')).json;
}

function handshake(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, servername: host, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0', rejectUnauthorized: false }, () => {
      resolve(socket.getProtocol() ?? 'something');
      socket.destroy();
    });
    socket.setTimeout(5000, () => socket.destroy());
    socket.once('error', () => resolve(undefined));
    socket.once('close', () => resolve(undefined));
  });
}
