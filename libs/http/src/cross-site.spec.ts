import { OAuthError } from '@assent/protocol';
import type { FastifyRequest } from 'fastify';
import { refuseCrossSite } from './index.js';

const request = (headers: Record<string, string>) => ({ headers }) as unknown as FastifyRequest;
const origin = 'https://bank.example:9443';

describe('refuseCrossSite', () => {
  it.each<[Record<string, string>, boolean]>([
    [{ origin, 'sec-fetch-site': 'same-origin' }, true],
    [{ origin }, true],
    [{ 'sec-fetch-site': 'same-origin' }, true],
    [{}, false],
    [{ origin: 'null' }, false],
    [{ origin: 'https://bank.example' }, false],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, false],
    [{ origin, 'sec-fetch-site': 'same-site' }, false],
    [{ origin, 'sec-fetch-site': 'cross-site' }, false],
    [{ 'sec-fetch-site': 'none' }, false],
  ])('judges %j: %s', (headers, passes) => {
    const attempt = () => refuseCrossSite(request(headers), `${origin}/fapi2`);
    if (passes) expect(attempt).not.toThrow();
    else expect(attempt).toThrow(OAuthError);
  });
});
