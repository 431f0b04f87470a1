import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ownCertificate } from './certificate.js';
import type { Form, Metadata } from './party.js';
import type { Identity } from './wire.js';

/** What somebody sent to the rogue. */
export interface Heard {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly form: Form;
}
export interface RogueAnswer {
  readonly status?: number;
  readonly location?: string;
  readonly json?: object;
}
type Answering = (heard: Heard) => RogueAnswer | Promise<RogueAnswer>;

/** An authorization server of the attacker’s own, alive on this machine: it answers as it likes, and hears everything. */
export class Rogue {
  readonly heard: Heard[] = [];
  /** What it publishes about itself. */
  metadata: Metadata;
  private readonly answers = new Map<string, Answering>();

  private constructor(
    private readonly server: Server,
    readonly issuer: string,
    /** What clients must trust to talk to it: it is a proper member of the ecosystem. */
    readonly certificate: string,
  ) {
    this.metadata = {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      pushed_authorization_request_endpoint: `${issuer}/par`,
      revocation_endpoint: `${issuer}/revoke`,
      jwks_uri: `${issuer}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    };
  }

  static async open({ port = 0, identity }: { readonly port?: number; readonly identity?: Identity } = {}): Promise<Rogue> {
    const { cert, key } = identity ?? (await ownCertificate('localhost'));
    const server = createServer({ cert, key });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
    const rogue = new Rogue(server, `https://localhost:${(server.address() as AddressInfo).port}`, cert);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const url = new URL(request.url ?? '/', rogue.issuer);
        const heard = { method: request.method ?? '', path: url.pathname, query: url.searchParams, headers: request.headers, form: Object.fromEntries(new URLSearchParams(body)) };
        rogue.heard.push(heard);
        void rogue.reply(heard).then(({ status, location, json }) => {
          response.writeHead(status ?? (location === undefined ? 200 : 303), { connection: 'close', ...(location === undefined ? {} : { location }), ...(json ? { 'content-type': 'application/json' } : {}) });
          response.end(json && JSON.stringify(json));
        });
      });
    });
    return rogue;
  }

  /** What is said at a path from now on. */
  on(path: string, answering: Answering): void {
    this.answers.set(path, answering);
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  private async reply(heard: Heard): Promise<RogueAnswer> {
    if (heard.path === '/.well-known/openid-configuration') return { json: this.metadata };
    try {
      return (await this.answers.get(heard.path)?.(heard)) ?? { status: 404 };
    } catch {
      return { status: 502 };
    }
  }
}
