import { invalidRequestUri, type Client } from '@assent/protocol';
import { LRUCache } from 'lru-cache';

/** Fetches one text over TLS, within limits of time, size and reachable addresses. Throws when it cannot. */
export type FetchRequestObject = (url: string) => Promise<{ readonly body: string; readonly maxAgeSeconds: number | undefined }>;

/** Media types request objects are served as (RFC 9101 section 5.2.3). */
export const requestObjectTypes = ['application/oauth-authz-req+jwt', 'application/jwt'];

const maxCached = 1_000;
/** Seconds an object is kept, whatever its publisher says: long enough for a customer to come twice. */
const maxAge = 60;

/**
 * Request objects by reference (RFC 9101 section 5.2): fetched from addresses their client registered and from nowhere
 * else, once at a time, and kept as long as their publisher lets us, a minute at most.
 */
export class RequestObjects {
  private readonly cache = new LRUCache<string, Promise<string>>({ max: maxCached });

  constructor(private readonly fetchText: FetchRequestObject) {}

  /** The text behind `uri`. `invalid_request_uri` when the client did not register it, or it cannot be had (JR-10). */
  async fetch(uri: string, client: Pick<Client, 'request_uris'>): Promise<string> {
    const address = withoutFragment(uri);
    if (!client.request_uris?.some((registered) => withoutFragment(registered) === address)) throw invalidRequestUri('request_uri is not registered for this client', 'JR-10');
    try {
      // The fragment may name the version (OpenID Connect Core section 6.2): another fragment, another object.
      return await (this.cache.get(uri) ?? this.begin(uri, address));
    } catch (cause) {
      throw invalidRequestUri('no request object could be read from request_uri', 'JR-10', cause);
    }
  }

  private begin(uri: string, address: string): Promise<string> {
    const pending = this.fetchText(address).then(({ body, maxAgeSeconds = 0 }) => {
      if (maxAgeSeconds > 0) this.cache.set(uri, pending, { ttl: Math.min(maxAgeSeconds, maxAge) * 1000 });
      else this.cache.delete(uri);
      return body.trim();
    });
    this.cache.set(uri, pending, { ttl: maxAge * 1000 });
    pending.catch(() => this.cache.delete(uri));
    return pending;
  }
}

const withoutFragment = (uri: string): string => uri.split('#', 1)[0] ?? uri;
