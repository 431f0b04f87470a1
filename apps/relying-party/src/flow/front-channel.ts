import type { Exchange } from '../inspector/exchange.js';
import { decodeJwt, redactUrl } from '../inspector/redact.js';

/** A step the browser takes: the app sees only the address. */
export function frontChannel(told: Pick<Exchange, 'step' | 'clause' | 'why' | 'status' | 'verdict'>, url: URL): Exchange {
  return {
    ...told,
    method: 'GET',
    url: redactUrl(url.href),
    parameters: [],
    requestHeaders: [],
    certificate: false,
    ms: undefined,
    responseHeaders: [],
    responseBody: '',
    jwts: [...url.searchParams].flatMap(([name, value]) => decodeJwt(`${name} (address)`, value) ?? []),
  };
}
