import type { AssentConfig } from '@assent/config';
import { adminTokenFile, startDirectory, type RunningDirectory } from '@assent/directory';
import type { Clock } from '@assent/protocol';
import { send, Message, type Answer, type CertifiedKey } from '@assent/testing/fapi';
import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** Software of the directory, with the key it calls it with. */
export interface RegisteredSoftware {
  readonly id: string;
  readonly organisationId: string;
  readonly apiKey: string;
}

export interface DirectoryCertificate extends CertifiedKey {
  readonly serial: string;
}

/** A running directory, seen by its administrator. */
export interface DirectoryAdministration {
  readonly url: string;
  /** A call of the API; throws unless it is answered 2xx. */
  ask(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<Record<string, unknown>>;
  call(method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown, token?: string): Promise<Answer>;
  register(name: string, markets?: readonly string[]): Promise<RegisteredSoftware>;
  certify(softwareId: string, entry?: object): Promise<DirectoryCertificate>;
  revoke(softwareId: string, serial: string): Promise<void>;
  /** Stops the server; `start` opens it again on its ports. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

let count = 0;

export async function startDirectoryOf(config: AssentConfig, ca: string, clock: Clock): Promise<DirectoryAdministration> {
  const url = config.directory!.publicUrl;
  let running: RunningDirectory | undefined = await startDirectory(config, { clock });
  const adminToken = (await readFile(adminTokenFile(config.dataFolder), 'utf8')).trim();
  const call: DirectoryAdministration['call'] = (method, path, body, token = adminToken) =>
    send(new Message({ method, url: `${url}${path}`, headers: [['authorization', `Bearer ${token}`], ...(body === undefined ? [] : [['content-type', 'application/json'] as const])], body: body === undefined ? undefined : JSON.stringify(body) }), { ca });
  const ask: DirectoryAdministration['ask'] = async (method, path, body) => {
    const { status, json } = await call(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  };
  return {
    url,
    ask,
    call,
    async register(name, markets = []) {
      const organisation = await ask('POST', '/api/organisations', { legal_name: `${name} Ltd`, country: 'GB', register_number: `F${(count += 1)}`, markets });
      const software = await ask('POST', '/api/software', { organisation_id: organisation['id'], client_name: name, redirect_uris: ['https://tpp.example/callback'] });
      return { id: software['id'] as string, organisationId: organisation['id'] as string, apiKey: software['api_key'] as string };
    },
    async certify(softwareId, entry = { purpose: 'transport', key: 'ec' }) {
      const made = await ask('POST', `/api/software/${softwareId}/certificates`, entry);
      const cert = made['certificate'] as string;
      return { cert, key: made['private_key'] as string, der: new X509Certificate(cert).raw, serial: made['serial'] as string };
    },
    async revoke(softwareId, serial) {
      await ask('POST', `/api/software/${softwareId}/certificates/${serial}/revocation`, { reason: 'keyCompromise' });
    },
    async stop() {
      await running?.close();
      running = undefined;
    },
    async start() {
      running ??= await startDirectory(config, { clock });
    },
  };
}
