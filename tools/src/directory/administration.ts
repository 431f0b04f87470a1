import type { AssentConfig } from '@assent/config';
import { adminTokenFile } from '@assent/directory';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'undici';
import { Failure } from '../launch/failure.js';

export interface Called {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly body?: unknown;
  /** Of software, in place of the administrator's. */
  readonly token?: string;
}

/** The directory's API, as its administrator. */
export class Administration {
  private readonly agent: Agent;

  private constructor(
    readonly url: string,
    private readonly token: string,
    authorities: readonly string[],
  ) {
    this.agent = new Agent({ connect: { ca: [...authorities] } });
  }

  /** `token`: by the command line, the environment, or from the data folder. `Failure` says where it was looked for. */
  static async open(config: AssentConfig, options: { readonly url?: string | undefined; readonly token?: string | undefined }): Promise<Administration> {
    const url = options.url ?? config.directory?.publicUrl;
    if (url === undefined) throw new Failure('The configuration has no directory: name one with --url.');
    const file = adminTokenFile(config.dataFolder);
    const token = options.token ?? process.env['ASSENT_DIRECTORY_TOKEN'] ?? (await readFile(file, 'utf8').then((text) => text.trim(), () => undefined));
    if (!token) throw new Failure(`No administrator token: give --token or ASSENT_DIRECTORY_TOKEN; npm start makes one in ${file}.`);
    return new Administration(url.replace(/\/$/, ''), token, authoritiesOf(config));
  }

  /** The JSON of a good answer. `Failure` with the directory's own words otherwise. */
  async ask(path: string, { method, body, token = this.token }: Called = {}): Promise<Record<string, unknown>> {
    const bytes = await this.fetch(path, { method: method ?? (body === undefined ? 'GET' : 'POST'), body, token });
    return JSON.parse(bytes.toString()) as Record<string, unknown>;
  }

  async fetch(path: string, { method = 'GET', body, token }: Called = {}): Promise<Buffer> {
    const headers = { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const answer = await request(`${this.url}${path}`, { dispatcher: this.agent, method, headers, body: body === undefined ? null : JSON.stringify(body) }).catch((cause: Error) => {
      throw new Failure(`The directory at ${this.url} cannot be reached (${cause.message}). Is npm start running?`);
    });
    const bytes = Buffer.from(await answer.body.arrayBuffer());
    if (answer.statusCode >= 300) throw new Failure(`The directory says no (${answer.statusCode}): ${saidIn(bytes)}`);
    return bytes;
  }

  close(): Promise<void> {
    return this.agent.close();
  }
}

function saidIn(bytes: Buffer): string {
  try {
    return (JSON.parse(bytes.toString()) as { error_description: string }).error_description;
  } catch {
    return bytes.toString().slice(0, 200);
  }
}

export const authoritiesOf = ({ tls }: Pick<AssentConfig, 'tls'>): readonly string[] => tls.serverAuthorityFiles.map((file) => readFileSync(file, 'utf8'));
