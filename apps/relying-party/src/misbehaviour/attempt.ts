import { s256, signClientAssertion, signDpopProof, type SigningKey } from '@assent/crypto';
import { randomBytes } from 'node:crypto';
import type { Agent } from 'undici';
import type { DemoClient } from '../client/demo-client.js';
import { usesCertificate, type Surroundings } from '../flow/flow.js';
import type { OpenFlow } from '../flow/actions.js';
import type { Exchange, Verdict } from '../inspector/exchange.js';
import { exchange } from '../inspector/recorder.js';

export interface Expected {
  readonly status: readonly number[];
  /** One of these error codes must stand in the answer or its challenge; none for pages. */
  readonly errors?: readonly string[];
}

/** The raw means of a misbehaving client: it signs and sends what it likes, and each answer is judged. */
export class Attempt {
  constructor(
    readonly flow: OpenFlow,
    readonly around: Surroundings,
    readonly others: readonly DemoClient[],
    private readonly keep: (exchange: Exchange) => void,
  ) {}

  get client(): DemoClient {
    return this.flow.client;
  }

  /** An address from the metadata, the mTLS alias where this client uses it. */
  endpoint(name: 'token_endpoint' | 'pushed_authorization_request_endpoint' | 'authorization_endpoint', client = this.client): string {
    const metadata = this.flow.configuration.serverMetadata();
    const aliases = metadata.mtls_endpoint_aliases as Record<string, string> | undefined;
    return (usesCertificate(client) ? aliases?.[name] : undefined) ?? (metadata[name] as string);
  }

  /** Parameters that authenticate a client: an assertion, or its id beside its certificate. */
  async authentication(client = this.client, audience = client.issuer): Promise<Record<string, string>> {
    const { client_id, token_endpoint_auth_method } = client.metadata;
    if (token_endpoint_auth_method !== 'private_key_jwt') return { client_id };
    const assertion = await signClientAssertion({ clientId: client_id, audience, key: client.key, now: new Date() });
    return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion };
  }

  /** A correct pushed request, to change one thing of. */
  request(): Record<string, string> {
    return {
      redirect_uri: this.around.redirectUri,
      response_type: 'code',
      scope: this.flow.scope,
      code_challenge: s256(randomBytes(32).toString('base64url')),
      code_challenge_method: 'S256',
    };
  }

  async proof(method: string, url: string, options: { key?: SigningKey; accessToken?: string } = {}): Promise<string> {
    const key = options.key ?? this.flow.dpop?.key.key;
    if (!key) throw new Error('this client does not use DPoP');
    return signDpopProof({ method, url, key, now: new Date(), ...(options.accessToken ? { accessToken: options.accessToken } : {}) });
  }

  post(step: string, url: string, form: Record<string, string>, expected: Expected | 'fine', headers: Record<string, string> = {}, client = this.client): Promise<Response> {
    return this.send(step, 'POST', url, expected, { 'content-type': 'application/x-www-form-urlencoded', ...headers }, new URLSearchParams(form), client);
  }

  get(step: string, url: string, expected: Expected | 'fine', headers: Record<string, string> = {}, agent?: { agent: Agent; certificate: boolean }): Promise<Response> {
    return this.send(step, 'GET', url, expected, headers, undefined, this.client, agent);
  }

  private send(step: string, method: string, url: string, expected: Expected | 'fine', headers: Record<string, string>, body: URLSearchParams | undefined, client: DemoClient, with_?: { agent: Agent; certificate: boolean }): Promise<Response> {
    const certificate = with_?.certificate ?? usesCertificate(client);
    const agent = with_?.agent ?? (certificate ? client.withCertificate : this.around.plain);
    return exchange(agent, url, { method, headers, ...(body ? { body } : {}) }, this.keep, { certificate, step, judge: judge(expected) });
  }
}

function judge(expected: Expected | 'fine'): (status: number, body: string) => Verdict {
  if (expected === 'fine') return (status) => (status < 400 ? 'fine' : 'unexpected');
  return (status, body) => {
    if (status < 400) return 'let-through';
    const coded = expected.errors === undefined || expected.errors.some((code) => body.includes(`"${code}"`));
    return expected.status.includes(status) && coded ? 'refused-as-it-should' : 'unexpected';
  };
}
