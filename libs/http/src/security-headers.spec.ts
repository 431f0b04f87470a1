import type { FastifyReply } from 'fastify';
import { securityHeaders, type SecurityHeaders } from './index.js';

function headersFor(options?: SecurityHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  const reply = {
    header(name: string, value: string) {
      headers[name] = value;
      return reply;
    },
  };
  securityHeaders(reply as unknown as FastifyReply, options);
  return headers;
}

describe('securityHeaders', () => {
  it('let nothing in, out or around by default', () => {
    expect(headersFor()).toEqual({
      'content-security-policy': "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'x-frame-options': 'DENY',
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
      pragma: 'no-cache',
    });
  });

  it.each<[SecurityHeaders, string]>([
    [{ formAction: "'self' https:" }, "form-action 'self' https:"],
    [{ scripts: true }, "script-src 'self'; connect-src 'self'"],
  ])('widen by %j only', (options, part) => {
    expect(headersFor(options)['content-security-policy']).toContain(part);
    expect(headersFor(options)['content-security-policy']).not.toContain('unsafe');
  });
});
