import type { FastifyReply } from 'fastify';

export interface SecurityHeaders {
  /**
   * `'self' https:` on pages whose POST ends in a redirect to a client: Chromium applies form-action to redirects too.
   * An origin where the page posts to that and nowhere else.
   */
  readonly formAction?: "'self'" | "'self' https:" | `https://${string}`;
  /** Allows our own script files and calls (never inline code). */
  readonly scripts?: boolean;
}

const policies = new Map<string, string>();
const maxPolicies = 100;

/** The headers of every HTML page, error pages included: strict CSP, no framing (RFC 9700 section 4.16), no store. */
export function securityHeaders(reply: FastifyReply, options: SecurityHeaders = {}): void {
  const formAction = options.formAction ?? "'self'";
  const key = `${formAction}|${String(options.scripts ?? false)}`;
  let policy = policies.get(key);
  if (policy === undefined) {
    policy = contentSecurityPolicy(formAction, options.scripts ?? false);
    if (policies.size < maxPolicies) policies.set(key, policy);
  }
  reply
    .header('content-security-policy', policy)
    .header('x-frame-options', 'DENY')
    // `no-referrer` would make our own POSTs send `Origin: null`.
    .header('referrer-policy', 'same-origin')
    .header('x-content-type-options', 'nosniff')
    .header('cross-origin-opener-policy', 'same-origin');
  noStore(reply);
}

/** Responses with tokens, codes or personal data are never stored (RFC 6749 section 5.1). */
export function noStore(reply: FastifyReply): void {
  reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
}

function contentSecurityPolicy(formAction: string, scripts: boolean): string {
  const parts = ["default-src 'none'", "style-src 'self'", "img-src 'self'", `form-action ${formAction}`, "base-uri 'none'", "frame-ancestors 'none'"];
  if (scripts) parts.push("script-src 'self'", "connect-src 'self'");
  return parts.join('; ');
}
