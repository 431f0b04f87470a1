import { connect } from 'node:net';
import { types } from 'node:util';
import { interceptBytes, interceptMessages, type Interceptor, type Reader } from '../interceptor.js';
import { newKey, tampered } from '../jws.js';
import type { Twist } from '../party.js';
import { all, byAssertion, byBrowser, byDpop, bySignedRequests, inconclusive, judged, mustRefuse, stopped, succeeded, type Outcome, type Probe } from '../probe.js';
import { withOneBitTurned, withoutTls13 } from '../records.js';
import { CannotTry, NothingThere, type Scene } from '../scene.js';
import { Silent, type Incoming, type Outgoing } from '../wire.js';

const through = ({ port }: Interceptor): Twist => ({ last: (message) => ({ ...message, via: port }) });

/** A message of the honest client that is led through the attacker: the answer, or why none came. */
async function led(scene: Scene, interceptor: Interceptor, step: string): Promise<Incoming | string> {
  try {
    return await scene.authenticated(through(interceptor), step);
  } catch (error) {
    if (!types.isNativeError(error)) throw error;
    const reason = error instanceof Silent ? 'no answer came' : ((error as NodeJS.ErrnoException).code ?? error.message);
    scene.wire.note(step, `POST ${scene.knownAt}, led to 127.0.0.1:${interceptor.port}`, `no connection: ${reason}`, 'refused');
    return reason;
  }
}

const mustNotConnect = (answer: Incoming | string, what: string): Outcome => (typeof answer === 'string' ? stopped(`${what}: ${answer}`) : succeeded(`${what}: answered ${answer.status}`));

async function withInterceptor<T extends Interceptor>(opening: Promise<T>, body: (interceptor: T) => Promise<Outcome>): Promise<Outcome> {
  const interceptor = await opening;
  try {
    return await body(interceptor);
  } finally {
    await interceptor.close();
  }
}

/** As if the client had been made to trust the attacker: what TLS protects lies open, and only the rest still stops anything. */
async function readingAll(scene: Scene, url: string, change: (message: Outgoing) => Outgoing, body: (reader: Reader) => Promise<Outcome>, step?: string): Promise<Outcome> {
  return withInterceptor(interceptMessages(url, scene.wire, change, step), async (reader) => {
    const distrust = scene.wire.trust(reader.certificate);
    try {
      return await body(reader);
    } finally {
      distrust();
    }
  });
}

const as = (message: Outgoing): Outgoing => message;
const without = (name: string) => (message: Outgoing): Outgoing => ({ ...message, headers: (message.headers ?? []).filter(([one]) => one !== name) }); // prettier-ignore
const withField = (name: string, value: string) => (message: Outgoing): Outgoing => ({ ...message, headers: [...(message.headers ?? []), [name, value]] }); // prettier-ignore

/** A proxy in the network between the honest client and the target. */
export const networkProbes: readonly Probe[] = [
  {
    id: 'NET-01/own-certificate', attack: 'TM-NET-01', against: ['tls-only'], says: 'The network leads the client to a server of the attacker’s, with a certificate of its own making.',
    run: (scene) => withInterceptor(interceptMessages(scene.knownAt, scene.wire), async (reader) => mustNotConnect(await led(scene, reader, 'Connect, and meet the attacker'), 'the attacker’s own certificate')),
  },
  {
    id: 'NET-01/downgraded', attack: 'TM-NET-01', against: ['tls-only'], says: 'On its way, the client’s offer of TLS 1.3 is taken out of the handshake.',
    run: (scene) => withInterceptor(interceptBytes(scene.knownAt, withoutTls13), async (interceptor) => mustNotConnect(await led(scene, interceptor, 'Connect, with the offer changed'), 'a changed handshake')),
  },
  {
    id: 'NET-01/tampered', attack: 'TM-NET-01', against: ['tls-only'], says: 'On its way, one bit of the encrypted request is turned.',
    run: (scene) => withInterceptor(interceptBytes(scene.knownAt, withOneBitTurned), async (interceptor) => mustNotConnect(await led(scene, interceptor, 'Send a request, with one bit turned'), 'a changed record')),
  },
  {
    id: 'NET-01/stripped', attack: 'TM-NET-01', against: ['tls-only'], says: 'The client’s request arrives without TLS, as if somebody had taken it off.',
    run: async (scene) => {
      const { hostname, port } = new URL(scene.knownAt);
      await scene.wire.spend(scene.knownAt);
      const said = await spokenPlainly(hostname, Number(port || 443));
      const status = /^HTTP\/1\.[01] (\d{3})/.exec(said)?.[1];
      scene.wire.note('Speak HTTP without TLS', `GET / HTTP/1.1 to ${hostname}:${port || 443}`, said.split('\r\n')[0] || 'closed without a word', status === undefined || status >= '400' ? 'refused' : 'let through');
      return judged(status === undefined || status >= '400', `not served${status === undefined ? '' : ` (${status})`}`, `served without TLS: ${status}`);
    },
  },
  {
    id: 'NET-01/not-for-good', attack: 'TM-NET-01', against: ['tls-only'], says: 'Browsers are asked whether they would ever try without TLS again.',
    run: async (scene) => {
      const url = scene.victim.client.flow === 'backchannel' ? (scene.target.device?.url ?? '') : scene.victim.authorizationUrl({ client_id: scene.victim.id });
      const { headers } = await scene.newBrowser().open(url, 'Open a page');
      const told = String(headers['strict-transport-security'] ?? '');
      scene.wire.note('Look for HSTS', 'the answer', `strict-transport-security: ${told || 'not there'}`, told === '' ? 'unexpected' : 'as it must be');
      // It would bind every port of a name that all deployments on a developer’s machine share.
      if (told === '' && (await scene.wire.isHere(url))) throw new NothingThere('browsers are told nothing about this machine’s own name');
      return judged(/max-age=[1-9]/.test(told), `browsers are told: ${told}`, 'browsers are not told');
    },
  },
  {
    id: 'NET-02/on-the-way', attack: 'TM-NET-02', against: ['certificate-from-connection'], says: 'Somebody who reads the client’s messages puts a client certificate into one, in a header.',
    run: (scene) => readingAll(scene, scene.knownAt, withField('client-cert', ':MIIBszCCAVmgAwIBAgIUfake:'), async (reader) => mustRefuse(await scene.authenticated(through(reader)), 'a header put in on the way'), 'Pass the message on, with the header'),
  },
  {
    id: 'TOK-01/stripped-on-the-way', attack: 'TM-TOK-01', against: ['tokens-bound'], says: 'Somebody who reads the client’s messages takes the proof out of its token request, to get a token bound to nothing.', unfit: byDpop,
    run: (scene) =>
      readingAll(scene, scene.victim.endpoint('token_endpoint'), without('dpop'), async (reader) => mustRefuse((await scene.exchanged(through(reader))).answer, 'a token request whose proof was taken out'), 'Pass the token request on, without its proof'),
  },
  {
    id: 'TOK-01/read-on-the-way', attack: 'TM-TOK-01', against: ['token-key-proved'], says: 'Somebody who reads the client’s messages takes its token and uses it over a connection and with a key of their own.',
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      return readingAll(scene, scene.resource, as, async (reader) => {
        await scene.victim.call(scene.resource, accessToken, through(reader));
        const [message] = reader.read;
        if (!message) throw new CannotTry('nothing was read');
        if (scene.victim.client.constraint !== 'dpop') return mustRefuse(await scene.wire.send(message, 'Use what was read over the attacker’s own connection'), 'another connection');
        const stolen = scene.victim.message(scene.resource, accessToken, { dpop: newKey() });
        return mustRefuse(await scene.wire.send({ ...stolen, identity: undefined }, 'Use the token that was read, with a key of the attacker’s'), 'another key');
      });
    },
  },
  {
    id: 'CA-01/read-on-the-way', attack: 'TM-CA-01', against: ['assertion-once'], says: 'Somebody who reads the client’s messages sends one of them again, word for word.', unfit: byAssertion,
    run: (scene) =>
      readingAll(scene, scene.knownAt, as, async (reader) => {
        await scene.authenticated(through(reader));
        const [message] = reader.read;
        if (!message) throw new CannotTry('nothing was read');
        return mustRefuse(await scene.wire.send(message, 'Send what was read once more'), 'the same message');
      }, 'Pass the message on, and keep it'),
  },
  {
    id: 'DPOP-01/read-on-the-way', attack: 'TM-DPOP-01', against: ['proof-once'], says: 'Somebody who reads the client’s messages sends its call to the resource again, word for word.', unfit: byDpop,
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      return readingAll(scene, scene.resource, as, async (reader) => {
        await scene.victim.call(scene.resource, accessToken, through(reader));
        const [message] = reader.read;
        if (!message) throw new CannotTry('nothing was read');
        return mustRefuse(await scene.wire.send(message, 'Send what was read once more'), 'the same message');
      }, 'Pass the call on, and keep it');
    },
  },
  {
    id: 'PAR-01/on-the-way', attack: 'TM-PAR-01', against: ['signed-requests'], says: 'Somebody who reads the client’s messages changes what its request asks for.', unfit: all(byBrowser, bySignedRequests),
    run: (scene) =>
      readingAll(scene, scene.knownAt, withAnotherState, async (reader) => {
        const answer = await scene.authenticated(through(reader));
        return answer.status >= 500 ? inconclusive(`the server failed with ${answer.status}`) : mustRefuse(answer, 'a request that was changed on the way');
      }, 'Pass the request on, changed'),
  },
]; // prettier-ignore

/** A signed request that asks for something else than was signed. */
function withAnotherState(message: Outgoing): Outgoing {
  const form = new URLSearchParams(message.body);
  const request = form.get('request');
  if (request !== null) form.set('request', tampered(request, (claims) => void (claims['state'] = 'attackers')));
  return { ...message, body: form.toString() };
}

/** What a TLS port says to somebody who speaks plain HTTP. */
function spokenPlainly(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect({ host, port }, () => void socket.write(`GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`));
    socket.setTimeout(5000, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => (said += chunk.toString('latin1').slice(0, 200)));
    socket.once('error', () => resolve(said));
    socket.once('close', () => resolve(said));
  });
}
