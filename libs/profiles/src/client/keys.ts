import { createPublicKey, type JsonWebKey } from 'node:crypto';
import type { PublicJwk } from '@assent/protocol';
import type { Policy } from '../policy.js';
import { InWords, type Findings } from './problem.js';

type Jwk = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const clause = 'RFC 7517 section 5';
const sizes = 'FAPI 2.0 SP 5.4.1-2,-3; FAPI 1.0 Baseline 5.2.2-5,-6';
const curveBits: Readonly<Record<string, number>> = { 'P-256': 256, 'P-384': 384, 'P-521': 521, Ed25519: 256 };

/** An inline `jwks`: public, sound and large enough keys (F2-CR-02), told apart by `kid` (F2-CR-04). */
export function judgeKeySet(value: unknown, policy: Policy, findings: Findings): { keys: readonly PublicJwk[] } | undefined {
  const keys = (value as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) return findings.problem(['jwks', 'keys'], 'a list of public keys', keys, clause);
  if (keys.length === 0) return findings.problem(['jwks', 'keys'], 'at least one public key', keys, clause);
  const before = findings.problems.length;
  const seen = new Map<string, number>();
  keys.forEach((key: unknown, index) => {
    const path = ['jwks', 'keys', index];
    if (key === null || typeof key !== 'object') findings.problem(path, 'a public key (JWK)', key, clause);
    else judgeKey(key as Jwk, path, policy, seen, findings);
  });
  if (findings.problems.length > before) return undefined;
  return { keys: keys as readonly PublicJwk[] };
}

function judgeKey(key: Jwk, path: Path, policy: Policy, seen: Map<string, number>, findings: Findings): void {
  if (key['kty'] === 'oct') return findings.problem([...path, 'kty'], 'RSA, EC or OKP (no shared secrets)', 'oct', clause);
  const secret = privateMembers.find((member) => member in key);
  if (secret !== undefined) {
    const expected = `only the public part (a private key must never leave its owner: remove ${privateMembers.slice(0, 6).join(', ')} and replace the key if others saw it)`;
    return findings.problem([...path, secret], expected, new InWords('a private key'), 'RFC 7591 section 2');
  }
  judgeKid(key, path, seen, findings);
  judgeStrength(key, path, policy, findings);
}

function judgeKid(key: Jwk, path: Path, seen: Map<string, number>, findings: Findings): void {
  if (key['kid'] === undefined) return;
  // The same kid may name equivalent keys of different kinds (RFC 7517 section 4.5), never two of one kind.
  const name = JSON.stringify([key['kid'], key['kty']]);
  if (seen.has(name)) findings.problem([...path, 'kid'], 'a kid of its own', key['kid'], 'FAPI 2.0 SP 5.6');
  seen.set(name, 1);
}

function judgeStrength(key: Jwk, path: Path, policy: Policy, findings: Findings): void {
  const { kty, crv } = key;
  if (kty === 'EC' || kty === 'OKP') {
    const bits = curveBits[String(crv)];
    if (bits === undefined || bits < policy.minimumEcBits) {
      return findings.problem([...path, 'crv'], 'P-256 or Ed25519', crv, sizes);
    }
  } else if (kty !== 'RSA') return findings.problem([...path, 'kty'], 'RSA, EC or OKP', kty, clause);
  const bits = soundKeyBits(key);
  if (bits === undefined) return findings.problem(path, `a sound ${kty} public key`, new InWords('one that cannot be read'), clause);
  if (kty === 'RSA' && bits < policy.minimumRsaBits) {
    findings.problem([...path, 'n'], `an RSA modulus of at least ${policy.minimumRsaBits} bits`, bits, sizes);
  }
}

/** The size of the key; `undefined` when it is no key (a point off its curve, a cut modulus). */
function soundKeyBits(key: Jwk): number | undefined {
  try {
    const imported = createPublicKey({ key: key as JsonWebKey, format: 'jwk' });
    return imported.asymmetricKeyDetails?.modulusLength ?? 256;
  } catch {
    return undefined;
  }
}

/** Whether a client may sign with this key under one of the profile's algorithms. */
export function signsUnder(key: PublicJwk, algs: readonly string[]): boolean {
  if (key.use !== undefined && key.use !== 'sig') return false;
  const own = key.kty === 'RSA' ? ['PS256'] : key.crv === 'P-256' ? ['ES256'] : key.crv === 'Ed25519' ? ['EdDSA', 'Ed25519'] : [];
  return own.some((alg) => algs.includes(alg) && (key.alg === undefined || key.alg === alg));
}
