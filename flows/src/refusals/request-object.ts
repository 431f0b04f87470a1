import { ecKey, es256Signed, readJws, rs256Signed, rsaKey, unsigned, withBrokenSignature } from '@assent/testing/fapi';
import type { SignedChange } from '../support/signed.js';
import { accepted, refused, type Expected, type Scene } from '../support/refusal.js';

/** A good signed request with exactly one thing changed. */
export interface ObjectRow {
  readonly rule: string;
  readonly title: string;
  readonly by?: string;
  readonly change: (scene: Scene) => SignedChange;
  readonly expect: Expected;
}

const object = refused('invalid_request_object');
const request = refused('invalid_request');
const claim = (name: string, value: unknown): SignedChange => ({ object: (_header, claims) => { if (value === undefined) delete claims[name]; else claims[name] = value as string; } });
const claims = (change: (claims: Record<string, unknown>) => void): SignedChange => ({ object: (_header, all) => change(all) });
const header = (name: string, value: string | undefined): SignedChange => ({ object: (all) => { if (value === undefined) delete all[name]; else all[name] = value; } });
const seconds = (all: Record<string, unknown>): number => all['nbf'] as number;
const resigned = (sign: (header: Record<string, unknown>, claims: Record<string, unknown>) => string): SignedChange => ({ signed: (jws) => { const { header: head, claims: body } = readJws(jws); return sign(head, body); } });
const form = (name: string, value: string | undefined): SignedChange => ({ message: (message) => void message.set(name, value) });

/** What holds of every signed request, pushed under FAPI 2.0 Message Signing and FAPI 1.0 Advanced alike. */
export const objectRows: readonly ObjectRow[] = [
  { rule: 'MS-JAR-02', title: 'no client_id in the form beside an assertion', change: () => form('client_id', undefined), expect: accepted },
  { rule: 'MS-JAR-03', title: 'other parameters outside, which are ignored', change: () => ({ message: (m) => void m.add('state', 'outside').add('scope', 'everything').add('redirect_uri', 'https://evil.example') }), expect: accepted },
  { rule: 'MS-JAR-03', title: 'scope only outside', by: 'ASSENT-SCOPE-04', change: () => ({ ...claim('scope', undefined), message: (m) => void m.add('scope', 'openid') }), expect: { status: 400, error: ['invalid_scope', 'invalid_request'] } },
  { rule: 'MS-JAR-03', title: 'redirect_uri only outside', by: 'ASSENT-FORM-01', change: ({ client }) => ({ ...claim('redirect_uri', undefined), message: (m) => void m.add('redirect_uri', client.redirectUri) }), expect: { status: 400, error: ['invalid_request', 'invalid_request_object'] } },
  { rule: 'MS-JAR-04', title: 'aud with the issuer among others', change: ({ stack }) => claim('aud', ['https://elsewhere.example', stack.issuer]), expect: accepted },
  { rule: 'MS-JAR-04', title: 'aud somebody else', change: () => claim('aud', 'https://elsewhere.example'), expect: object },
  { rule: 'MS-JAR-04', title: 'aud the PAR endpoint', change: ({ stack }) => claim('aud', `${stack.issuer}/par`), expect: object },
  { rule: 'MS-JAR-04', title: 'aud the token endpoint', change: ({ stack }) => claim('aud', [`${stack.issuer}/token`]), expect: object },
  { rule: 'MS-JAR-04', title: 'no aud', change: () => claim('aud', undefined), expect: object },
  { rule: 'MS-JAR-05', title: 'no nbf', change: () => claim('nbf', undefined), expect: object },
  { rule: 'MS-JAR-05', title: 'nbf eight seconds ahead', change: () => claims((all) => void (all['nbf'] = seconds(all) + 8)), expect: accepted },
  { rule: 'MS-JAR-05', title: 'nbf more than a minute ahead', change: () => claims((all) => Object.assign(all, { nbf: seconds(all) + 65, exp: seconds(all) + 300 })), expect: object },
  { rule: 'MS-JAR-05', title: 'nbf 59 minutes ago', change: () => claims((all) => void (all['nbf'] = seconds(all) - 3530)), expect: accepted },
  { rule: 'MS-JAR-05', title: 'nbf 61 minutes ago', change: () => claims((all) => Object.assign(all, { nbf: seconds(all) - 3660, exp: seconds(all) - 3600 + 3590 })), expect: object },
  { rule: 'MS-JAR-06', title: 'no exp', change: () => claim('exp', undefined), expect: object },
  { rule: 'MS-JAR-06', title: 'expired', change: () => claims((all) => Object.assign(all, { nbf: seconds(all) - 120, exp: seconds(all) - 60 })), expect: object },
  { rule: 'MS-JAR-06', title: 'exp 61 minutes after nbf', change: () => claims((all) => void (all['exp'] = seconds(all) + 3660)), expect: object },
  { rule: 'JR-08', title: 'typ JWT', change: () => header('typ', 'JWT'), expect: accepted },
  { rule: 'JR-08', title: 'no typ', change: () => header('typ', undefined), expect: accepted },
  { rule: 'MS-JAR-07', title: 'typ of a DPoP proof', by: 'JR-08', change: () => header('typ', 'dpop+jwt'), expect: object },
  { rule: 'MS-JAR-07', title: 'typ of an access token', by: 'JR-08', change: () => header('typ', 'at+jwt'), expect: object },
  { rule: 'MS-JAR-08', title: 'alg none', change: () => resigned(unsigned), expect: object },
  { rule: 'MS-JAR-08', title: 'RS256', change: () => resigned((head, body) => rs256Signed(head, body, rsaKey())), expect: object },
  { rule: 'MS-JAR-09', title: 'a key nobody registered', by: 'JR-05', change: () => resigned((head, body) => es256Signed(head, body, ecKey())), expect: object },
  { rule: 'MS-JAR-09', title: 'the key of another client', by: 'JR-05', change: ({ other }) => ({ objectKey: other.test.signing }), expect: object },
  { rule: 'MS-JAR-09', title: 'a kid nobody registered', by: 'JR-05', change: () => header('kid', 'unknown'), expect: object },
  { rule: 'JR-05', title: 'a broken signature', change: () => ({ signed: withBrokenSignature }), expect: object },
  { rule: 'JR-05', title: 'a payload changed after signing', change: () => ({ signed: (jws) => { const [head, body, signature] = jws.split('.'); const changed = { ...readJws(`${head}.${body}.${signature}`).claims, scope: 'openid' }; return `${head}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.${signature}`; } }), expect: object },
  { rule: 'JR-05', title: 'no JWT at all', change: () => ({ signed: () => 'nonsense' }), expect: object },
  { rule: 'MS-JAR-10', title: 'another client_id inside', by: 'JR-02', change: ({ other }) => claim('client_id', other.id), expect: { status: 400, error: ['invalid_request_object', 'invalid_request'] } },
  { rule: 'JR-02', title: 'no client_id inside', change: () => claim('client_id', undefined), expect: object },
  { rule: 'MS-JAR-10', title: 'another iss', change: ({ other }) => claim('iss', other.id), expect: object },
  { rule: 'MS-JAR-10', title: 'no iss', change: () => claim('iss', undefined), expect: accepted },
  { rule: 'MS-JAR-10', title: 'another client_id in the form', by: 'F2-CA-02', change: ({ other }) => form('client_id', other.id), expect: { status: 401, error: 'invalid_client' } },
  { rule: 'PR-04', title: 'request_uri in the form', by: 'F2-AZ-17', change: () => ({ message: (m) => void m.add('request_uri', 'urn:ietf:params:oauth:request_uri:x') }), expect: request },
  { rule: 'MS-JAR-11', title: 'request_uri inside', by: 'JR-03', change: () => claim('request_uri', 'urn:ietf:params:oauth:request_uri:x'), expect: object },
  { rule: 'MS-JAR-11', title: 'request inside', by: 'JR-03', change: () => claim('request', 'e30.e30.'), expect: object },
  { rule: 'MS-JAR-12', title: 'no code_challenge inside', by: 'F2-AZ-05', change: () => claim('code_challenge', undefined), expect: request },
  { rule: 'MS-JAR-12', title: 'code_challenge_method plain inside', by: 'F2-AZ-05', change: () => claim('code_challenge_method', 'plain'), expect: request },
  { rule: 'MS-JAR-12', title: 'a nonce too long to keep', by: 'F2-AZ-21', change: () => claim('nonce', 'n'.repeat(256)), expect: request },
  { rule: 'MS-JAR-12', title: 'an unregistered redirect_uri inside', by: 'F2-AZ-07', change: () => claim('redirect_uri', 'https://evil.example/callback'), expect: { status: 400, error: ['invalid_request', 'invalid_request_object'] } },
  { rule: 'MS-JAR-12', title: 'response_type token inside', by: 'F2-AZ-01', change: () => claim('response_type', 'token'), expect: { status: 400, error: ['unsupported_response_type', 'invalid_request'] } },
  { rule: 'JR-09', title: 'max_age as text', change: () => claim('max_age', '3600'), expect: object },
  { rule: 'JR-09', title: 'max_age as a number', change: () => claim('max_age', 3600), expect: accepted },
  { rule: 'JR-09', title: 'claims as text', change: () => claim('claims', '{}'), expect: object },
  { rule: 'JR-09', title: 'claims as JSON', change: () => claim('claims', { id_token: { acr: { essential: true, values: ['urn:assent:acr:password'] } } }), expect: accepted },
  { rule: 'JR-09', title: 'authorization_details as text', change: () => claim('authorization_details', '[]'), expect: object },
  { rule: 'JR-09', title: 'scope as a list', change: () => claim('scope', ['openid']), expect: object },
  { rule: 'JR-03', title: 'claims nobody knows', change: () => claim('tenant', { deep: [1] }), expect: accepted },
];
