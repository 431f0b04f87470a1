import { importPublicJwk, type JwsHeader, type PublicKey } from '@assent/crypto';
import { systemClock, type Clock, type PublicJwk } from '@assent/protocol';
import { Fetched, type Loaded } from './fetched.js';
import type { HttpPorts, TrustedIssuer } from './options.js';

interface IssuerMetadata {
  readonly jwks_uri: string | undefined;
  readonly introspection_endpoint: string | undefined;
}

/** A trusted authorization server as discovered: its metadata and its keys, each fetched once and kept. */
export class Issuer {
  readonly identifier: string;
  readonly #metadata: Fetched<IssuerMetadata>;
  readonly #keys: Fetched<readonly PublicKey[]>;
  readonly #fixed: readonly PublicKey[] | undefined;

  constructor(
    private readonly trusted: TrustedIssuer,
    private readonly http: HttpPorts,
    clock: Clock = systemClock,
  ) {
    this.identifier = trusted.issuer;
    this.#fixed = trusted.keys;
    this.#metadata = new Fetched(() => this.#loadMetadata(), clock);
    this.#keys = new Fetched(() => this.#loadKeys(), clock);
  }

  /**
   * The keys a token's signature may verify with: by `kid`, else every key of the algorithm. An unknown `kid` has
   * the key set fetched again, at most every ten seconds. Rejects with 503 when no key set is to be had.
   */
  readonly keys = (header: JwsHeader): readonly PublicKey[] | Promise<readonly PublicKey[]> => {
    if (this.#fixed) return matching(this.#fixed, header);
    const atHand = this.#keys.get();
    return atHand instanceof Promise ? this.#findLate(atHand, header) : this.#find(atHand, header);
  };

  /** Where to ask about tokens; rejects with 503 when the metadata cannot be had or names no such endpoint. */
  async introspectionEndpoint(): Promise<string> {
    const endpoint = this.trusted.introspection?.endpoint ?? (await this.#metadata.get()).introspection_endpoint;
    if (!endpoint) throw new Error(`${this.identifier} publishes no introspection_endpoint`);
    return endpoint;
  }

  #find(keys: readonly PublicKey[], header: JwsHeader): readonly PublicKey[] | Promise<readonly PublicKey[]> {
    const found = matching(keys, header);
    if (found.length > 0) return found;
    const renewed = this.#keys.renew();
    return renewed ? renewed.then((newer) => matching(newer, header)) : [];
  }

  async #findLate(keys: Promise<readonly PublicKey[]>, header: JwsHeader): Promise<readonly PublicKey[]> {
    return this.#find(await keys, header);
  }

  async #loadMetadata(): Promise<Loaded<IssuerMetadata>> {
    const url = this.trusted.metadataUrl ?? metadataUrlOf(this.identifier);
    const { body, maxAgeSeconds } = await this.http.fetchJson(url);
    const document = record(body, url);
    // RFC 8414 section 3.3: otherwise one server could speak for another.
    if (document['issuer'] !== this.identifier) throw new Error(`${url} is not about issuer ${this.identifier}`);
    const value = { jwks_uri: text(document['jwks_uri']), introspection_endpoint: text(document['introspection_endpoint']) };
    return { value, maxAgeSeconds };
  }

  async #loadKeys(): Promise<Loaded<readonly PublicKey[]>> {
    const { jwks_uri } = await this.#metadata.get();
    if (!jwks_uri) throw new Error(`${this.identifier} publishes no jwks_uri`);
    const { body, maxAgeSeconds } = await this.http.fetchJson(jwks_uri);
    const list = record(body, jwks_uri)['keys'];
    if (!Array.isArray(list)) throw new Error(`${jwks_uri} is no key set`);
    return { value: list.flatMap(usableKey), maxAgeSeconds };
  }
}

/** RFC 8414 section 3.1: the well-known path between host and path of the issuer. */
function metadataUrlOf(issuer: string): string {
  const { origin, pathname } = new URL(issuer);
  return `${origin}/.well-known/oauth-authorization-server${pathname === '/' ? '' : pathname}`;
}

/** Keys for other uses or of algorithms outside FAPI are no fault of the key set: they are passed over. */
function usableKey(jwk: PublicJwk): PublicKey[] {
  if (jwk?.use !== undefined && jwk.use !== 'sig') return [];
  try {
    return [importPublicJwk(jwk)];
  } catch {
    return [];
  }
}

const matching = (keys: readonly PublicKey[], header: JwsHeader): readonly PublicKey[] =>
  keys.filter((key) => (header.kid === undefined || key.kid === header.kid) && key.algs.some((alg) => alg === header.alg));

function record(body: unknown, url: string): Record<string, unknown> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Error(`${url} answered no JSON object`);
  return body as Record<string, unknown>;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
