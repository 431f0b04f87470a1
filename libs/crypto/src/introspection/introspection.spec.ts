import { aKey, after, issuer, jwksOf, now, refusalOf } from '../spec-support/fixtures.js';
import { importPublicJwk } from '../jwks/public-key.js';
import { signAccessToken } from '../access-token/issue.js';
import { verifyAccessToken } from '../access-token/verify.js';
import { parseJws } from '../jws/parse.js';
import { signJws } from '../jws/issue.js';
import type { SigningKey } from '../jwks/signing-key.js';
import { signIntrospection } from './issue.js';
import { verifyIntrospection, type IntrospectionRules } from './verify.js';

const audience = 'accounts-api';
const facts = { issuer, audience, introspection: { active: true, scope: 'accounts' }, now };
let key: SigningKey;
let other: SigningKey;
beforeAll(async () => {
  [key, other] = [await aKey('ES256'), await aKey('ES256')];
});
const rules = (changes: Partial<IntrospectionRules> = {}): IntrospectionRules => ({ issuer, audience, algs: ['ES256'], keys: () => jwksOf(key).keys.map(importPublicJwk), now, ...changes });
const raw = (claims: object, header: Record<string, unknown> = { typ: 'token-introspection+jwt' }, by = key) =>
  signJws(header, { iss: issuer, aud: audience, iat: now.getTime() / 1000, token_introspection: { active: true }, ...claims }, by);

describe('a signed introspection answer (RFC 9701)', () => {
  it('has the shape of section 5, and says what it says', async () => {
    const answer = await signIntrospection(facts, key);
    expect(parseJws(answer).header).toEqual({ typ: 'token-introspection+jwt', alg: 'ES256', kid: key.kid });
    expect(parseJws(answer).payload()).toEqual({ iss: issuer, aud: audience, iat: now.getTime() / 1000, token_introspection: { active: true, scope: 'accounts' } });
    expect(await verifyIntrospection(answer, rules({ now: after(59) }))).toEqual({ active: true, scope: 'accounts' });
  });

  it.each<[string, () => Promise<string>, Partial<IntrospectionRules>]>([
    ['another type', () => raw({}, { typ: 'JWT' }), {}],
    ['no type', () => raw({}, {}), {}],
    ['the type of an access token', () => raw({}, { typ: 'at+jwt' }), {}],
    ['another issuer', () => raw({ iss: 'https://evil.example' }), {}],
    ['another audience', () => raw({ aud: 'other-api' }), {}],
    ['several audiences', () => raw({ aud: [audience, 'other-api'] }), {}],
    ['no time', () => raw({ iat: undefined }), {}],
    ['an answer of two minutes ago', () => raw({}), { now: after(120) }],
    ['an answer of the future', () => raw({}), { now: after(-60) }],
    ['nothing about a token', () => raw({ token_introspection: undefined }), {}],
    ['a list about a token', () => raw({ token_introspection: [] }), {}],
    ['the key of somebody else', () => raw({}, undefined, other), {}],
    ['an algorithm that is not allowed', () => raw({}), { algs: ['PS256'] }],
    ['no signature', async () => (await raw({})).replace(/[^.]*$/, ''), {}],
    ['plain JSON', async () => '{"active":true}', {}],
  ])('is not believed with %s (MS-INT-08)', async (_, answer, changes) => {
    const text = await answer();
    expect(await refusalOf(() => verifyIntrospection(text, rules(changes)))).toMatchObject({ code: 'invalid_token', rule: 'MS-INT-08' });
  });

  it('is no access token, nor is an access token an answer (RFC 9701 section 8.1)', async () => {
    const answer = await signIntrospection({ ...facts, introspection: { active: true, client_id: 'a' } }, key);
    expect(await refusalOf(() => verifyAccessToken(answer, { issuer, algs: ['ES256'], keys: rules().keys, now }))).toMatchObject({ code: 'invalid_token', rule: 'AT-01' });
    const token = await signAccessToken({ jti: 'j', issuer, clientId: 'c', subject: 's', scope: [], audience: [audience], issuedAt: now, expiresAt: after(60), confirmation: { jkt: 'A'.repeat(43) } }, key);
    expect(await refusalOf(() => verifyIntrospection(token, rules()))).toMatchObject({ rule: 'MS-INT-08' });
  });
});
