/** One place in the compiled servers where a control is taken out while it is switched off. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  /** `OFF` stands for: this control is off. */
  readonly put: string;
  readonly control: string;
}

const server = (path: string): string => `apps/authorization-server/dist/${path}`;

/**
 * Controls that are no refusal, or whose refusal is not all there is. Refusals need no patch: whoever throws one is
 * asked whether its rule is switched off (`hooks.ts`).
 */
export const patches: readonly Patch[] = [
  { control: 'assertion-genuine', file: 'libs/crypto/dist/jws/verify.js', find: 'if (signatureHolds(', put: "if ((!['at+jwt', 'dpop+jwt'].includes(jws.header.typ) && OFF) || signatureHolds(" },
  { control: 'access-token-genuine', file: 'libs/crypto/dist/jws/verify.js', find: 'signatureHolds(alg, ', put: "(jws.header.typ === 'at+jwt' && OFF) || signatureHolds(alg, " },
  { control: 'proof-genuine', file: 'libs/crypto/dist/jws/verify.js', find: 'signatureHolds(alg, ', put: "(jws.header.typ === 'dpop+jwt' && OFF) || signatureHolds(alg, " },
  { control: 'assertion-once', file: server('request/one-time-proofs.js'), find: 'this.claims.push(claim);', put: "if (claim.kind === 'client_assertion' && OFF) return;\n        this.claims.push(claim);" },
  { control: 'proof-once', file: server('request/one-time-proofs.js'), find: 'this.claims.push(claim);', put: "if (claim.kind === 'dpop_proof' && OFF) return;\n        this.claims.push(claim);" },
  { control: 'client-authentication', file: server('client-authentication/authenticate-client.js'), find: "if (!issuer.policy.clientAuth.includes('none')", put: "if (OFF && !form.has('client_assertion')) return issuer.clients.find(form.optional('client_id') ?? '');\n    if (!issuer.policy.clientAuth.includes('none')" },
  { control: 'no-downgrade', file: 'libs/resource-guard/dist/constraint.js', find: "    if ('jkt' in confirmation)\n", put: "    if (OFF && 'jkt' in confirmation) return undefined;\n    if ('jkt' in confirmation)\n" },
  { control: 'token-in-header', file: 'libs/resource-guard/dist/request.js', find: "    const query = request.url.indexOf('?');", put: "    const query = request.url.indexOf('?');\n    const inQuery = new URLSearchParams(request.url.slice(query + 1)).get('access_token');\n    if (OFF && query >= 0 && inQuery !== null) return { scheme: 'DPoP', token: inQuery };" },
  { control: 'see-other', file: server('interaction/answer.js'), find: 'reply.code(303)', put: 'reply.code(OFF ? 307 : 303)' },
  { control: 'issuer-in-response', file: server('authorize/validated-redirect.js'), find: '{ ...stated, iss: this.issuer }', put: '(OFF ? stated : { ...stated, iss: this.issuer })' },
  { control: 'validated-redirect', file: 'libs/http/dist/errors.js', find: '    const page = edge.errorPage(refusal, reply.request);', put: '    if (OFF && reply.request.query?.redirect_uri) return reply.code(303).header(\'location\', reply.request.query.redirect_uri).send();\n    const page = edge.errorPage(refusal, reply.request);' },
  { control: 'no-cross-origin', file: 'libs/http/dist/edge.js', find: "reply.header('x-request-id', request.id).headers(always);", put: "reply.header('x-request-id', request.id).headers(always);\n        if (OFF) reply.header('access-control-allow-origin', '*');" },
  { control: 'no-framing', file: 'libs/http/dist/security-headers.js', find: '    reply\n        .header(\'content-security-policy\', policy)\n        .header(\'x-frame-options\', \'DENY\')', put: "    if (!OFF) reply.header('content-security-policy', policy).header('x-frame-options', 'DENY');\n    reply" },
  { control: 'grant-types', file: server('token/index.js'), find: 'grants.get(grantType) : undefined;', put: "grants.get(grantType) : OFF ? async () => ({ token_type: 'none' }) : undefined;" },
  { control: 'handle-entropy', file: 'libs/protocol/dist/handle.js', find: 'const bytes = randomBytes(length);', put: 'const bytes = OFF ? Buffer.concat([Buffer.alloc(length - 3), randomBytes(3)]) : randomBytes(length);' },
  { control: 'introspection-by-role', file: server('introspect/introspect.js'), find: 'const entitled = (client, facts) => ', put: 'const entitled = (client, facts) => OFF || ' },
  { control: 'introspection-by-role', file: server('introspect/introspect.js'), find: 'context.clientId === client.client_id ?', put: '(OFF || context.clientId === client.client_id) ?' },
  { control: 'id-tokens-signed', file: server('token/id-token.js'), find: '(answer.nonce === undefined ?', put: '(answer.nonce === undefined || OFF ?' },
  { control: 'issuer-metadata', file: server('discovery/index.js'), find: "documentAge).send(document)", put: "documentAge).send(OFF ? document.replace(issuer.issuer, 'https://rogue.example') : document)" },
  { control: 'resource-metadata', file: 'libs/resource-guard/dist/guard.js', find: 'metadata: () => metadata,', put: "metadata: () => (OFF ? { ...metadata, resource: 'https://rogue.example' } : metadata)," },
  { control: 'sign-in-brake', file: server('interaction/throttle.js'), find: '    async take(login, address) {', put: '    async take(login, address) {\n        if (OFF) return undefined;' },
  { control: 'tls-only', file: 'libs/http/dist/tls.js', find: "minVersion: 'TLSv1.2',", put: "minVersion: OFF ? 'TLSv1' : 'TLSv1.2'," },
  { control: 'tls-only', file: 'libs/http/dist/tls.js', find: 'ciphers: cipherSuites,', put: "ciphers: OFF ? 'DEFAULT@SECLEVEL=0' : cipherSuites," },
  { control: 'revocation-known', file: 'libs/resource-guard/dist/guard.js', find: 'if (feed.isRevoked(token))', put: 'if (!OFF && feed.isRevoked(token))' },
  { control: 'scope-granted', file: 'apps/resource-server/dist/routes.js', find: 'return found.value;', put: 'return OFF ? (found.value ?? []) : found.value;' },
]; // prettier-ignore

/** The reason is never given; its parameters stay, or PostgreSQL could not tell their types. */
const never = (reason: string, of = 'c'): readonly [RegExp, string] => [new RegExp(`WHEN (${of}\\.(?:(?!WHEN|THEN).)+) THEN '${reason}'`, 'g'), `WHEN ($1) AND false THEN '${reason}'`];

/** What statements say instead, while a control is off. */
export const statementPatches: Readonly<Record<string, readonly (readonly [RegExp, string])[]>> = {
  'pkce-verified': [never('pkce')],
  'code-of-its-client': [never('foreign_client'), never('redirect_uri')],
  'code-short': [never('expired')],
  'code-of-its-key': [never('dpop_key')],
  'code-once': [[/coalesce\(c\.(used_at|family_tag|tokens_until|family_id), (\$\d+::\w+)\)/g, '$2'], [/(FROM verdict v WHERE v\.reason IS NULL AND v\.change IS NOT NULL)(\s+)RETURNING \*/g, '$1$2ON CONFLICT DO NOTHING RETURNING *']],
  'refresh-of-its-client': [never('foreign_client', 'r')],
  'grant-version-floor': [never('superseded', 'r')],
  'target-granted': [never('target', 'NOT c')],
};
