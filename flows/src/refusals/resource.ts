import { importPrivateJwk, signJws } from '@assent/crypto';
import { ecKey, es256Signed, hmacSigned, publicOf, readJws, rs256Signed, rsaKey, unsigned, withBrokenSignature, type Answer } from '@assent/testing/fapi';
import { type Expected, type Row, type Scene } from '../support/refusal.js';
import type { Tokens } from '../support/stack.js';
import { addedHeader, header, inSeconds, message, proofClaim } from './changes.js';

const challenge = (scheme: string, error: string): Expected => ({ status: 401, error, headers: { 'www-authenticate': new RegExp(`${scheme} error="${error}"`) } });
export const dpopInvalidToken = challenge('DPoP', 'invalid_token');
export const dpopInvalidProof: Expected = { status: 401, error: 'invalid_dpop_proof', headers: { 'www-authenticate': /DPoP error="invalid_dpop_proof".*algs="[^"]*ES256/ } };
const bearerInvalidToken = challenge('Bearer', 'invalid_token');
const fine: Expected = { status: 200, error: null };

/** How a DPoP-bound token is presented: F2-RS-*, F2-DP-10 to 12, F2-DP-20. */
export const presentationRows: readonly Row<Tokens>[] = [
  { rule: 'F2-RS-01', title: 'no token', mutate: () => header('authorization'), expect: { status: 401, error: 'invalid_token', headers: { 'www-authenticate': /^www-authenticate: (?!.*error=).*DPoP/ } } },
  { rule: 'F2-RS-01', title: 'the scheme in lower case', mutate: (_, { accessToken }) => header('authorization', `dpop ${accessToken}`), expect: fine },
  { rule: 'F2-RS-01', title: 'the scheme in capitals', mutate: (_, { accessToken }) => header('authorization', `DPOP ${accessToken}`), expect: fine },
  { rule: 'F2-RS-01', title: 'Basic instead of a token', mutate: () => header('authorization', `Basic ${btoa('a:b')}`), expect: { status: 401, error: 'invalid_token', headers: { 'www-authenticate': /DPoP/ } } },
  { rule: 'F2-RS-02', title: 'the token in the query only', mutate: (_, { accessToken }) => message((m) => { m.setHeader('authorization', undefined); m.url.search = `access_token=${accessToken}`; }), expect: { status: [400, 401], error: ['invalid_request', 'invalid_token'] } },
  { rule: 'F2-RS-02', title: 'the token in the query too', mutate: (_, { accessToken }) => message((m) => void (m.url.search = `access_token=${accessToken}`)), expect: { status: 400, error: 'invalid_request' } },
  { rule: 'F2-DP-20', title: 'two Authorization headers', mutate: (_, { accessToken }) => addedHeader('authorization', `Bearer ${accessToken}`), expect: { status: 400, error: 'invalid_request' } },
  { rule: 'F2-DP-20', title: 'the token as Bearer, with its proof', mutate: (_, { accessToken }) => header('authorization', `Bearer ${accessToken}`), expect: { ...bearerInvalidToken, headers: { 'www-authenticate': /error="invalid_token"/ } } },
  { rule: 'F2-DP-20', title: 'the token as Bearer, without a proof', mutate: (_, { accessToken }) => message((m) => void m.setHeader('authorization', `Bearer ${accessToken}`).setHeader('dpop', undefined)), expect: { ...bearerInvalidToken, headers: { 'www-authenticate': /error="invalid_token"/ } } },
  { rule: 'F2-DP-01', title: 'no proof', mutate: () => header('dpop'), expect: dpopInvalidProof },
  { rule: 'F2-DP-11', title: 'no ath', mutate: () => proofClaim('ath'), expect: dpopInvalidProof },
  { rule: 'F2-DP-11', title: 'ath of another token', mutate: () => proofClaim('ath', 'A'.repeat(43)), expect: dpopInvalidProof },
  { rule: 'F2-DP-12', title: 'a proof by another key', mutate: ({ other }) => ({ dpop: other.dpop! }), expect: dpopInvalidToken },
];

/** A JWT access token changed in one place and signed anew by the issuer's own key, or by another. */
interface ForgedRow {
  readonly rule: string;
  readonly title: string;
  readonly by?: string;
  readonly forge: (scene: Scene, token: string, tokens: Tokens) => string | Promise<string>;
}

const issuerKey = ({ stack }: Scene) => stack.as.engine.issuers.get('fapi2')!.keys.signing('ES256');
const resigned = (scene: Scene, token: string, change: (header: Record<string, unknown>, claims: Record<string, unknown>) => void): Promise<string> => {
  const { header, claims } = readJws(token);
  change(header, claims);
  return signJws(header, claims, issuerKey(scene));
};
const claimed = (name: string, value?: unknown) => (scene: Scene, token: string) => resigned(scene, token, (_, claims) => void (claims[name] = value));
const typed = (typ?: string) => (scene: Scene, token: string) => resigned(scene, token, (header) => void (header['typ'] = typ));

export const forgedRows: readonly ForgedRow[] = [
  { rule: 'AT-01', title: 'typ JWT', forge: typed('JWT') },
  { rule: 'AT-01', title: 'no typ', forge: typed() },
  { rule: 'AT-01', title: 'alg none', by: 'F2-RS-03', forge: (_, token) => unsigned(readJws(token).header, readJws(token).claims) },
  { rule: 'AT-01', title: 'RS256', forge: (_, token) => rs256Signed(readJws(token).header, readJws(token).claims, rsaKey()) },
  { rule: 'AT-01', title: 'HS256 with the issuer’s public key as secret', forge: (scene, token) => hmacSigned(readJws(token).header, readJws(token).claims, publicOf(issuerKey(scene).key)) },
  { rule: 'AT-05', title: 'another key under the issuer’s kid', forge: (_, token) => es256Signed(readJws(token).header, readJws(token).claims, ecKey()) },
  { rule: 'AT-05', title: 'a key of its own in the header', forge: (_, token) => { const key = ecKey(); return es256Signed({ typ: 'at+jwt', jwk: publicOf(key).export({ format: 'jwk' }) }, readJws(token).claims, key); } },
  { rule: 'AT-05', title: 'a client’s own signing key', forge: ({ client }, token) => signJws({ typ: 'at+jwt' }, readJws(token).claims, importPrivateJwk(client.test.privateJwk)) },
  { rule: 'AT-05', title: 'a broken signature', forge: (_, token) => withBrokenSignature(token) },
  { rule: 'AT-05', title: 'iss of another server', forge: claimed('iss', 'https://bank.example/fapi2') },
  { rule: 'AT-05', title: 'aud of another resource', forge: claimed('aud', 'https://elsewhere.example') },
  { rule: 'AT-05', title: 'aud of the issuer', forge: (scene, token) => claimed('aud', scene.stack.issuer)(scene, token) },
  { rule: 'AT-05', title: 'exp past', forge: claimed('exp', inSeconds(-60)) },
  ...['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'].map((name): ForgedRow => ({ rule: 'AT-02', title: `no ${name}`, forge: claimed(name) })),
  { rule: 'F2-RS-05', title: 'no cnf', forge: claimed('cnf') },
  { rule: 'F2-RS-05', title: 'a cnf that names no key', forge: claimed('cnf', {}) },
  { rule: 'F2-DP-12', title: 'cnf of another key', forge: claimed('cnf', { jkt: 'A'.repeat(43) }) },
  { rule: 'AT-06', title: 'the ID token', by: 'AT-01', forge: (_, __, { idToken }) => idToken! },
];

/** How a certificate-bound token is presented: F2-MT-04. */
export const certificateRows: readonly { readonly rule: string; readonly title: string; readonly by?: string; readonly send: (scene: Scene, token: string, path: string) => Promise<Answer>; readonly expect: Expected }[] = [
  { rule: 'F2-MT-04', title: 'no certificate', send: ({ bound, stack }, token, path) => bound.call(stack.resource + path, token, { identity: null }), expect: bearerInvalidToken },
  { rule: 'F2-MT-04', title: 'the certificate of another client', send: ({ bound, tls, stack }, token, path) => bound.call(stack.resource + path, token, { identity: tls.test.identity! }), expect: bearerInvalidToken },
  { rule: 'F2-MT-04', title: 'another certificate of the same subject', send: async ({ bound, stack }, token, path) => bound.call(stack.resource + path, token, { identity: await stack.clientAuthority.issue({ subject: `CN=${bound.id},O=Test ${bound.id} Ltd,C=GB` }) }), expect: bearerInvalidToken },
  { rule: 'F2-MT-06', title: 'the certificate in a header only', send: ({ bound, stack }, token, path) => bound.call(stack.resource + path, token, { identity: null, message: (m) => void m.addHeader('client-cert', `:${bound.test.identity!.der.toString('base64')}:`) }), expect: { status: 400, error: 'invalid_request' } },
  { rule: 'F2-MT-04', title: 'a DPoP proof instead', by: 'F2-DP-12', send: ({ bound, client, stack }, token, path) => bound.call(stack.resource + path, token, { dpop: client.dpop! }), expect: dpopInvalidToken },
];
