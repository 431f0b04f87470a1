import { ecKey, es256Signed, hmacSigned, publicOf, readJws, rs256Signed, rsaKey, unsigned, withBrokenSignature, type Change } from '@assent/testing/fapi';
import { accepted, refused, type Expected, type Row, type Scene } from '../support/refusal.js';
import { inSeconds, message, proofClaim, proofHeader, rewrittenProof } from './changes.js';

interface ProofRow {
  readonly rule: string;
  readonly title: string;
  readonly change: (scene: Scene) => Change;
  readonly good?: true;
}

const publicJwkOf = (key = ecKey()) => publicOf(key).export({ format: 'jwk' }) as Record<string, never>;

/** F2-DP-01 to F2-DP-09, wherever a proof is read. */
export const proofs: readonly ProofRow[] = [
  { rule: 'F2-DP-01', title: 'two DPoP headers', change: () => message((m) => void m.addHeader('dpop', m.header('dpop'))) },
  { rule: 'F2-DP-01', title: 'two proofs in one header', change: () => rewrittenProof((proof) => `${proof}, ${proof}`) },
  { rule: 'F2-DP-01', title: 'text that is no JWT', change: () => rewrittenProof(() => 'not-a-proof') },
  { rule: 'F2-DP-01', title: 'a proof without a signature part', change: () => rewrittenProof((proof) => proof.split('.').slice(0, 2).join('.')) },
  { rule: 'F2-DP-02', title: 'no typ', change: () => proofHeader('typ') },
  { rule: 'F2-DP-02', title: 'typ JWT', change: () => proofHeader('typ', 'JWT') },
  { rule: 'F2-DP-03', title: 'alg none', change: () => rewrittenProof((proof) => unsigned(readJws(proof).header, readJws(proof).claims)) },
  { rule: 'F2-DP-03', title: 'HS256 with the public key as secret', change: () => rewrittenProof((proof) => { const key = ecKey(); return hmacSigned({ ...readJws(proof).header, jwk: publicJwkOf(key) }, readJws(proof).claims, publicOf(key)); }) },
  { rule: 'F2-DP-03', title: 'RS256', change: () => rewrittenProof((proof) => { const key = rsaKey(); return rs256Signed({ ...readJws(proof).header, jwk: publicJwkOf(key) }, readJws(proof).claims, key); }) },
  { rule: 'F2-DP-04', title: 'no jwk', change: () => proofHeader('jwk') },
  { rule: 'F2-DP-04', title: 'a private jwk', change: () => rewrittenProof((proof) => { const key = ecKey(); return es256Signed({ ...readJws(proof).header, jwk: key.export({ format: 'jwk' }) }, readJws(proof).claims, key); }) },
  { rule: 'F2-DP-04', title: 'a jwk other than the signer’s', change: () => proofHeader('jwk', publicJwkOf()) },
  { rule: 'F2-DP-04', title: 'a broken signature', change: () => rewrittenProof(withBrokenSignature) },
  { rule: 'F2-DP-06', title: 'no jti', change: () => proofClaim('jti') },
  { rule: 'F2-DP-06', title: 'no htm', change: () => proofClaim('htm') },
  { rule: 'F2-DP-06', title: 'htm in lower case', change: () => ({ proof: (_, claims) => void (claims['htm'] = String(claims['htm']).toLowerCase()) }) },
  { rule: 'F2-DP-06', title: 'htm of another method', change: () => proofClaim('htm', 'PUT') },
  { rule: 'F2-DP-06', title: 'no htu', change: () => proofClaim('htu') },
  { rule: 'F2-DP-06', title: 'no iat', change: () => proofClaim('iat') },
  { rule: 'F2-DP-06', title: 'iat as text', change: () => proofClaim('iat', String(inSeconds(0))) },
  { rule: 'F2-DP-06', title: 'unknown header members and claims', change: () => ({ proof: (header, claims) => { header['x-more'] = 1; claims['more'] = { deep: [true] }; } }), good: true },
  { rule: 'F2-DP-06', title: 'valid nbf and exp', change: () => ({ proof: (_, claims) => { claims['nbf'] = inSeconds(-5); claims['exp'] = inSeconds(60); } }), good: true },
  { rule: 'F2-DP-08', title: 'htu of another path', change: () => ({ proof: (_, claims) => void (claims['htu'] = `${String(claims['htu'])}/more`) }) },
  { rule: 'F2-DP-08', title: 'htu of another host', change: () => ({ proof: (_, claims) => void (claims['htu'] = String(claims['htu']).replace('localhost', 'bank.example')) }) },
  { rule: 'F2-DP-08', title: 'htu over http', change: () => ({ proof: (_, claims) => void (claims['htu'] = String(claims['htu']).replace('https:', 'http:')) }) },
  { rule: 'F2-DP-08', title: 'htu of another port', change: () => ({ proof: (_, claims) => void (claims['htu'] = String(claims['htu']).replace(/:\d+/, ':443')) }) },
  { rule: 'F2-DP-08', title: 'htu with a query and a fragment', change: () => ({ proof: (_, claims) => void (claims['htu'] = `${String(claims['htu'])}?a=b#c`) }), good: true },
  { rule: 'F2-DP-08', title: 'htu with scheme and host in capitals', change: () => ({ proof: (_, claims) => void (claims['htu'] = String(claims['htu']).replace('https://localhost', 'HTTPS://LOCALHOST')) }), good: true },
  { rule: 'F2-DP-08', title: 'htu with dot segments', change: () => ({ proof: (_, claims) => void (claims['htu'] = String(claims['htu']).replace(/(:\d+\/)/, '$1x/../')) }), good: true },
  { rule: 'F2-DP-09', title: 'iat 10 s ago', change: () => proofClaim('iat', inSeconds(-10)), good: true },
  { rule: 'F2-DP-09', title: 'iat 10 s ahead', change: () => proofClaim('iat', inSeconds(10)), good: true },
  { rule: 'F2-DP-09', title: 'iat an hour ago', change: () => proofClaim('iat', inSeconds(-3600)) },
  { rule: 'F2-DP-09', title: 'iat an hour ahead', change: () => proofClaim('iat', inSeconds(3600)) },
  { rule: 'F2-DP-09', title: 'iat 70 s ahead', change: () => proofClaim('iat', inSeconds(70)) },
];

/** The proofs as rows, answered as the endpoint answers: 400 at the authorization server, a 401 challenge elsewhere. */
export const proofRows = (answer: Expected = refused('invalid_dpop_proof')): readonly Row<void>[] =>
  proofs.map(({ rule, title, change, good }) => ({ rule, title, mutate: change, expect: good ? accepted : answer }));
