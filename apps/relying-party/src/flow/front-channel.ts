import type { Exchange } from '../inspector/exchange.js';
import { decodeJwt, redactUrl } from '../inspector/redact.js';

/** The parameters of an address, of its query or, where that is empty, of its fragment. */
export const carriedBy = ({ search, hash }: URL): URLSearchParams => new URLSearchParams(search === '' ? hash.slice(1) : search);

/** A step the browser takes: the app sees only the address. */
export function frontChannel(told: Pick<Exchange, 'step' | 'clause' | 'why' | 'status' | 'verdict'>, url: URL): Exchange {
  return {
    ...told,
    method: 'GET',
    url: url.search === '' ? redactUrl(url.href.replace('#', '?')).replace('?', '#') : redactUrl(url.href),
    parameters: [],
    requestHeaders: [],
    certificate: false,
    ms: undefined,
    responseHeaders: [],
    responseBody: '',
    jwts: [...carriedBy(url)].flatMap(([name, value]) => decodeJwt(`${name} (address)`, value) ?? []),
  };
}
