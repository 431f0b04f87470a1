/** One place in the compiled servers where a control is taken out while it is switched off. */
export interface Patch {
  readonly file: string;
  readonly find: string;
  /** `OFF` stands for: this control is off. */
  readonly put: string;
  readonly control: string;
}

const server = (path: string): string => `apps/authorization-server/dist/${path}`;
const site = (path: string): string => `apps/grant-management/dist/sites/${path}`;

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
  { control: 'no-cross-origin', file: 'libs/http/dist/edge.js', find: "\n        reply.header('x-request-id', request.id).headers(always);", put: "\n        reply.header('x-request-id', request.id).headers(always);\n        if (OFF) reply.header('access-control-allow-origin', '*');" },
  { control: 'no-framing', file: 'libs/http/dist/security-headers.js', find: '    reply\n        .header(\'content-security-policy\', policy)\n        .header(\'x-frame-options\', \'DENY\')', put: "    if (!OFF) reply.header('content-security-policy', policy).header('x-frame-options', 'DENY');\n    reply" },
  { control: 'grant-types', file: server('token/index.js'), find: 'grants.get(grantType) : undefined;', put: "grants.get(grantType) : OFF ? async () => ({ token_type: 'none' }) : undefined;" },
  { control: 'handle-entropy', file: 'libs/protocol/dist/handle.js', find: 'const bytes = randomBytes(length);', put: 'const bytes = OFF ? Buffer.concat([Buffer.alloc(length - 3), randomBytes(3)]) : randomBytes(length);' },
  { control: 'introspection-by-role', file: server('introspect/introspect.js'), find: 'const entitled = (call, client, facts) => ', put: 'const entitled = (call, client, facts) => OFF || ' },
  { control: 'introspection-by-role', file: server('introspect/introspect.js'), find: '&& context.clientId === client.client_id && tells', put: '&& (OFF || context.clientId === client.client_id) && tells' },
  { control: 'id-tokens-signed', file: server('token/id-token.js'), find: 'return { signed, value: await encryptIdToken(call.engine, client, signed) };', put: 'const shown = OFF ? `${signed.slice(0, -20)}${signed.slice(-20).split("").reverse().join("")}` : signed;\n    return { signed, value: await encryptIdToken(call.engine, client, shown) };' },
  { control: 'id-tokens-signed', file: server('token/id-token.js'), find: '(answer.nonce === undefined ?', put: '(answer.nonce === undefined || OFF ?' },
  { control: 'issuer-metadata', file: server('discovery/index.js'), find: "documentAge).send(document)", put: "documentAge).send(OFF ? document.replace(issuer.issuer, 'https://rogue.example') : document)" },
  { control: 'resource-metadata', file: 'libs/resource-guard/dist/guard.js', find: 'metadata: () => metadata,', put: "metadata: () => (OFF ? { ...metadata, resource: 'https://rogue.example' } : metadata)," },
  { control: 'sign-in-brake', file: server('interaction/throttle.js'), find: '    async take(login, address) {', put: '    async take(login, address) {\n        if (OFF) return undefined;' },
  { control: 'tls-only', file: 'libs/http/dist/tls.js', find: "minVersion: 'TLSv1.2',", put: "minVersion: OFF ? 'TLSv1' : 'TLSv1.2'," },
  { control: 'tls-only', file: 'libs/http/dist/tls.js', find: 'ciphers: cipherSuites,', put: "ciphers: OFF ? 'DEFAULT@SECLEVEL=0' : cipherSuites," },
  { control: 'revocation-known', file: 'libs/resource-guard/dist/guard.js', find: 'if (feed.isRevoked(token))', put: 'if (!OFF && feed.isRevoked(token))' },
  { control: 'scope-granted', file: 'apps/resource-server/dist/routes.js', find: 'return found.value;', put: 'return OFF ? (found.value ?? []) : found.value;' },
  { control: 'signed-requests', file: 'libs/crypto/dist/jws/verify.js', find: 'signatureHolds(alg, ', put: "(jws.header.typ === 'oauth-authz-req+jwt' && OFF) || signatureHolds(alg, " },
  { control: 'signed-messages', file: 'libs/http-signatures/dist/fapi/rules.js', find: 'const proved = agreeing', put: 'const proved = OFF ? agreeing[0] : agreeing' },
  { control: 'signed-introspection', file: server('introspect/signed-answer.js'), find: '    if (accepts(accept, introspectionType))', put: '    if (OFF)\n        return false;\n    if (accepts(accept, introspectionType))' },
  { control: 'evidence-kept', file: server('evidence/keep.js'), find: '    if (!keepsEvidence(client, issuer.policy))', put: '    if (OFF || !keepsEvidence(client, issuer.policy))' },
  { control: 'response-confidential', file: 'libs/http/dist/security-headers.js', find: ".header('referrer-policy', 'same-origin')", put: ".header('referrer-policy', OFF ? 'unsafe-url' : 'same-origin')" },
  { control: 'backchannel-brake', file: server('backchannel/request-authentication.js'), find: 'limits: { perCustomer,', put: 'limits: OFF ? { perCustomer: 1e6, perClient: 1e6, refusals: 1e6, windowSeconds } : { perCustomer,' },
  { control: 'client-id-of-its-kind', file: 'libs/config/dist/build/issuers.js', find: 'if (colleague)', put: 'if (colleague && !OFF)' },
  { control: 'response-of-its-browser', file: site('client.js'), find: "const issuers = callback.searchParams.getAll('iss');", put: "if (OFF) callback.searchParams.set('iss', metadata.issuer);\n            const issuers = callback.searchParams.getAll('iss');" },
  { control: 'id-token-of-its-token', file: site('client.js'), find: 'if (expected !== undefined && (', put: 'if (!OFF && expected !== undefined && (' },
  { control: 'own-way-back', file: site('sign-in.js'), find: 'const path = /^', put: 'if (OFF) return next;\n    const path = /^' },
  { control: 'own-way-back', file: site('sign-in.js'), find: "visit.reply.redirect('/signed-out', 303)", put: "visit.reply.redirect((OFF && visit.query.all('next')[0]) || '/signed-out', 303)" },
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
  'backchannel-of-its-client': [[/c\.client_id = (\$\d+::text) AND c\.issuer = (\$\d+::text)/g, '(c.client_id = $1 OR true) AND c.issuer = $2']],
  'decided-alone': [[/i\.id = (\$\d+::text) AND b\.tag = i\.tag/g, '(i.id = $1 OR true) AND b.tag = i.tag']],
  'acted-on-with-token': [[/(SELECT v\.tag, \$\d+::text, v\.id, \$\d+::text)/g, '$1 || gen_random_uuid()::text'], [/WHEN g\.status <> 'active' THEN 'spent'/g, "WHEN g.status <> 'active' AND false THEN 'spent'"]],
};
