import { KeySetError, RemoteKeySet, type JwsHeader, type PublicKey } from '@assent/crypto';
import type { Clock } from '@assent/protocol';
import { Fetched, unreachable, type Loaded } from './fetched.js';
import type { HttpPorts, TrustedIssuer } from './options.js';

interface IssuerMetadata {
  readonly jwksUri: string | undefined;
  readonly keySet: RemoteKeySet | undefined;
  readonly introspectionEndpoint: string | undefined;
}

/** A trusted authorization server: what it publishes about itself and its keys, each fetched when needed and kept. */
export class Issuer {
  readonly identifier: string;
  readonly #metadata: Fetched<IssuerMetadata>;

  constructor(
    private readonly trusted: TrustedIssuer,
    private readonly http: HttpPorts,
    private readonly clock: Clock,
  ) {
    this.identifier = trusted.issuer;
    this.#metadata = new Fetched((previous) => this.#load(previous), clock);
  }

  /**
   * The keys a token's signature may verify with; at once when they are at hand. An unknown `kid` has the key set
   * fetched again, within limits. Rejects with 503 when no key set is to be had.
   */
  readonly keys = (header: JwsHeader): readonly PublicKey[] | Promise<readonly PublicKey[]> => {
    if (this.trusted.keys) return this.trusted.keys;
    const metadata = this.#metadata.get();
    return metadata instanceof Promise ? metadata.then((late) => this.#find(late, header)) : this.#find(metadata, header);
  };

  /** Where to ask about tokens; rejects when the metadata cannot be had or names no such endpoint. */
  async introspectionEndpoint(): Promise<string> {
    const { introspection } = this.trusted;
    const given = typeof introspection === 'object' ? introspection.endpoint : undefined;
    const endpoint = given ?? (await this.#metadata.get()).introspectionEndpoint;
    if (!endpoint) throw new Error(`${this.identifier} publishes no introspection_endpoint`);
    return endpoint;
  }

  #find({ keySet }: IssuerMetadata, header: JwsHeader): readonly PublicKey[] | Promise<readonly PublicKey[]> {
    if (!keySet) throw unreachable(new Error(`${this.identifier} publishes no jwks_uri`));
    const found = keySet.find(header);
    return found instanceof Promise ? found.catch(withoutKeys) : found;
  }

  async #load(previous: IssuerMetadata | undefined): Promise<Loaded<IssuerMetadata>> {
    const url = this.trusted.metadataUrl ?? metadataUrlOf(this.identifier);
    const { body, maxAgeSeconds } = await this.http.fetchJson(url);
    if (typeof body !== 'object' || body === null) throw new Error(`${url} answered no JSON object`);
    const document = body as Record<string, unknown>;
    // RFC 8414 section 3.3, MD-02: otherwise one server could speak for another.
    if (document['issuer'] !== this.identifier) throw new Error(`${url} is not about issuer ${this.identifier}`);
    const jwksUri = text(document['jwks_uri']);
    const kept = jwksUri === previous?.jwksUri ? previous?.keySet : undefined;
    const keySet = kept ?? (jwksUri === undefined ? undefined : new RemoteKeySet(jwksUri, (address) => this.http.fetchJson(address), this.clock));
    return { value: { jwksUri, keySet, introspectionEndpoint: text(document['introspection_endpoint']) }, maxAgeSeconds };
  }
}

/** RFC 8414 section 3.1: the well-known path between host and path of the issuer. */
function metadataUrlOf(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`;
}

function withoutKeys(error: unknown): never {
  throw error instanceof KeySetError ? unreachable(error) : error;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
