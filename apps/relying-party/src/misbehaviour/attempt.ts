import { s256, signClientAssertion, signDpopProof, type SigningKey } from '@assent/crypto';
import { randomBytes } from 'node:crypto';
import { othersOf, usesCertificate, type DemoClient } from '../client/demo-client.js';
import { messageSignatures } from '../client/message-signatures.js';
import type { OpenFlow } from '../flow/actions.js';
import { asksForIdentity, type Surroundings } from '../flow/begin.js';
import { FlowError } from '../flow/refusal.js';
import type { Exchange, Verdict } from '../inspector/exchange.js';
import { exchange, type FetchOptions } from '../inspector/recorder.js';
import type { Parameters } from './push.js';

/** The refusal that must come; `fine` for the honest half of an attack. */
export type Expected = 'fine' | Refusal;

export interface Refusal {
  readonly status: readonly number[];
  /** One of these error codes must stand in the body; none for pages. */
  readonly errors?: readonly string[];
}

interface Way {
  readonly headers?: Record<string, string>;
  /** Whose connection; the flow's own client's, unless said. */
  readonly over?: DemoClient;
  /** Whether it presents that client's certificate; where the client uses one, unless said. */
  readonly certificate?: boolean;
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
  endpoint(name: 'token_endpoint' | 'pushed_authorization_request_endpoint', client = this.client): string {
    const metadata = this.flow.configuration.serverMetadata();
    const aliases = metadata.mtls_endpoint_aliases as Record<string, string> | undefined;
    return (usesCertificate(client) ? aliases?.[name] : undefined) ?? (metadata[name] as string);
  }

  /** The address a browser is sent to, with these parameters. */
  authorizationUrl(parameters: Record<string, string>): string {
    const url = new URL(this.flow.configuration.serverMetadata().authorization_endpoint ?? '');
    url.search = new URLSearchParams(parameters).toString();
    return url.href;
  }

  /** Parameters that authenticate a client: an assertion, or its id beside its certificate. */
  async authentication(client = this.client, audience = client.issuer): Promise<Record<string, string>> {
    const { client_id, token_endpoint_auth_method } = client.metadata;
    if (token_endpoint_auth_method !== 'private_key_jwt') return { client_id };
    const assertion = await signClientAssertion({ clientId: client_id, audience, key: client.key, now: new Date() });
    return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion };
  }

  /** A correct pushed request, to change one thing of. */
  request(): Parameters {
    const { asked, detached } = this.flow;
    return {
      redirect_uri: this.around.redirectUri,
      response_type: detached ? 'code id_token' : 'code',
      ...(this.client.signedResponses && !detached ? { response_mode: 'jwt' } : {}),
      ...(asked.scope === '' ? {} : { scope: asked.scope }),
      ...(asked.details.length === 0 ? {} : { authorization_details: asked.details }),
      ...(asksForIdentity(asked) ? { nonce: randomBytes(32).toString('base64url') } : {}),
      state: randomBytes(32).toString('base64url'),
      code_challenge: s256(randomBytes(32).toString('base64url')),
      code_challenge_method: 'S256',
    };
  }

  /** A DPoP proof by the flow's own key, unless another is given. */
  async proof(method: string, url: string, options: { readonly key?: SigningKey; readonly accessToken?: string } = {}): Promise<string> {
    const key = options.key ?? this.flow.dpop?.key.key;
    if (!key) throw new FlowError('This client does not use DPoP.');
    return signDpopProof({ method, url, key, now: new Date(), ...(options.accessToken ? { accessToken: options.accessToken } : {}) });
  }

  /** Some other client of the demo, to play the thief. */
  other(where: 'anywhere' | 'same-issuer'): DemoClient {
    const [other] = othersOf(this.client, this.others, where);
    if (!other) throw new FlowError('The demo has no other client.');
    return other;
  }

  post(step: string, url: string, form: Record<string, string>, expected: Expected, way: Way = {}): Promise<Response> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', ...way.headers };
    return this.send(step, url, expected, way, { method: 'POST', headers, body: new URLSearchParams(form) });
  }

  get(step: string, url: string, expected: Expected, way: Way = {}): Promise<Response> {
    return this.send(step, url, expected, way, { method: 'GET', headers: way.headers ?? {} });
  }

  private send(step: string, url: string, expected: Expected, { over = this.client, certificate = usesCertificate(over) }: Way, options: FetchOptions): Promise<Response> {
    const agent = certificate ? over.withCertificate : this.around.plain;
    // A thief has not the client's key to sign with.
    const signatures = over === this.client ? messageSignatures(over, this.around) : undefined;
    return exchange(agent, url, options, this.keep, { certificate, step, signatures, judge: judge(expected) });
  }
}

function judge(expected: Expected): (status: number, body: string) => Verdict {
  if (expected === 'fine') return (status) => (status < 400 ? 'fine' : 'unexpected');
  return (status, body) => {
    if (status < 400) return 'let-through';
    const coded = expected.errors === undefined || expected.errors.some((code) => body.includes(`"${code}"`));
    return expected.status.includes(status) && coded ? 'refused-as-it-should' : 'unexpected';
  };
}
