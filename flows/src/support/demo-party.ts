import { startRelyingParty } from '@assent/relying-party';
import { freePorts, type WantedClient } from '@assent/testing/fapi';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogBook } from './log-book.js';
import { startStack, type Stack, type StackOptions } from './stack.js';

export interface DemoParty {
  readonly stack: Stack;
  readonly url: string;
  readonly log: LogBook;
  stop(): Promise<void>;
}

/** The whole stack with the demo third party in front, which plays these clients. */
export async function startDemoParty(wanted: readonly WantedClient[], { sections = {}, ...options }: Omit<StackOptions, 'clients'> = {}): Promise<DemoParty> {
  const [port = 0, healthPort = 0] = await freePorts(2);
  const url = `https://localhost:${port}`;
  const clients = wanted.map((client) => ({ ...client, metadata: { ...client.metadata, ...addressesAt(url, client) } }));
  const relyingParty = { publicUrl: url, healthPort, clients: clients.map(({ id, at = 'fapi2' }) => ({ issuer: at, clientId: id })) };
  const own = { bank: { name: 'Harbour Bank' }, relyingParty };
  const stack = await startStack({ ...options, clients, sections: (ports) => ({ ...own, ...(typeof sections === 'function' ? sections(ports) : sections) }) });
  try {
    await Promise.all(clients.map(({ id }) => writeKeys(stack, id)));
    const log = new LogBook('relying-party');
    const app = await startRelyingParty(stack.config, { log: log.log });
    return { stack, url, log, stop: () => app.close().finally(() => stack.stop()) };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

/** Where the browser, or the bank, comes back to it. */
function addressesAt(url: string, { metadata = {} }: WantedClient): Readonly<Record<string, unknown>> {
  const mode = metadata['backchannel_token_delivery_mode'];
  if (mode === undefined) return { redirect_uris: [`${url}/callback`] };
  return mode === 'ping' ? { backchannel_client_notification_endpoint: `${url}/notified` } : {};
}

/** What `npm start` puts into `pki/clients`. */
async function writeKeys({ config, client, clientAuthority }: Stack, id: string): Promise<void> {
  const folder = join(config.dataFolder, 'pki', 'clients');
  const { privateJwk, identity = await clientAuthority.issue({ subject: `CN=${id}` }) } = client(id);
  await mkdir(folder, { recursive: true });
  const files = { 'jwks.json': JSON.stringify({ keys: [privateJwk] }), 'crt.pem': identity.cert, 'key.pem': identity.key };
  await Promise.all(Object.entries(files).map(([kind, text]) => writeFile(join(folder, `${id}.${kind}`), text)));
}
