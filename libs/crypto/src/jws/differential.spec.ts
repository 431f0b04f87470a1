import { compactVerify, CompactSign, importJWK, type CryptoKey as JoseKey } from 'jose';
import type { SigningAlg } from '@assent/protocol';
import { importPublicJwk, type PublicKey } from '../jwks/public-key.js';
import { bareJwk, type SigningKey } from '../jwks/signing-key.js';
import { aKey, allAlgs, encode, seeded } from '../spec-support/fixtures.js';
import { signJws } from './issue.js';
import { verifyJws } from './verify.js';

/** The same messages through this module and through jose: neither may prove what the other would not. */
interface Pair {
  readonly alg: SigningAlg;
  readonly own: SigningKey;
  readonly ownPublic: PublicKey;
  readonly josePrivate: JoseKey;
  readonly josePublic: JoseKey;
}

async function aPair(alg: SigningAlg): Promise<Pair> {
  const own = await aKey(alg === 'Ed25519' ? 'EdDSA' : alg);
  const privateJwk = own.key.export({ format: 'jwk' });
  return {
    alg,
    own: { ...own, alg: alg as SigningKey['alg'] },
    ownPublic: importPublicJwk(bareJwk(own.key)),
    josePrivate: (await importJWK(privateJwk as never, alg)) as JoseKey,
    josePublic: (await importJWK(bareJwk(own.key) as never, alg)) as JoseKey,
  };
}

const random = seeded(20261124);
const letters = ['a', 'Z', '0', '"', '\\', '\n', ' ', 'é', '漢', '😀', '\u0000', '/', '<', '{', '}'];
const aText = (): string => Array.from({ length: random(12) }, () => letters[random(letters.length)]).join('');

function aValue(depth = 0): unknown {
  const values = [() => aText(), () => random(2 ** 31), () => random(1000) / 7, () => true, () => null, () => -random(99)];
  if (depth < 3) values.push(() => Array.from({ length: random(4) }, () => aValue(depth + 1)) as never, () => someClaims(depth + 1) as never);
  return values[random(values.length)]?.();
}

const someClaims = (depth = 0): Record<string, unknown> => Object.fromEntries(Array.from({ length: random(6) }, () => [aText(), aValue(depth)]));

const ours = (pair: Pair, compact: string): Promise<unknown> => verifyJws(compact, { algs: [pair.alg], keys: () => [pair.ownPublic] }).then(({ claims }) => claims, () => undefined);

/** jose, made to look at the payload as ours does. */
const theirs = (pair: Pair, compact: string): Promise<unknown> =>
  compactVerify(compact, pair.josePublic, { algorithms: [pair.alg] })
    .then(({ payload }) => JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload)) as unknown)
    .then((value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined), () => undefined);

/** What this module refuses on purpose and jose does not mind. */
function isStricter(compact: string): boolean {
  const [header = '', payload = '', signature = ''] = compact.split('.');
  if ([header, payload, signature].some((part) => Buffer.from(part, 'base64url').toString('base64url') !== part)) return true;
  return /"(?:crit|b64|kid|typ|cty)"/.test(Buffer.from(header, 'base64url').toString());
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ \n~';

/** One small damage. */
function damaged(compact: string): string {
  const at = random(compact.length);
  const letter = alphabet[random(alphabet.length)] ?? '';
  const kinds = [
    () => compact.slice(0, at) + letter + compact.slice(at + 1),
    () => compact.slice(0, at) + compact.slice(at + 1),
    () => compact.slice(0, at) + letter + compact.slice(at),
    () => compact.slice(0, at),
    () => compact + letter,
    () => compact.split('.').reverse().join('.'),
    () => compact.replace(/[^.]*$/, (signature) => signature.slice(0, -1) + letter),
    () => compact.replace(/^[^.]*/, (header) => encode(Buffer.from(header, 'base64url').toString().replace(/"(..)/, `"$1${letter}`))),
    () => compact.replace(/\.[^.]*\./, `.${encode({ sub: 'mallory' })}.`),
  ];
  return kinds[random(kinds.length)]?.() ?? compact;
}

describe.each(allAlgs)('%s, here and in jose', (alg) => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await aPair(alg);
  });
  const rounds = alg === 'PS256' ? 25 : 60;

  it('proves there what is signed here', async () => {
    for (let round = 0; round < rounds; round++) {
      const claims = someClaims();
      const compact = await signJws({ typ: aText() }, claims, pair.own);
      const { payload, protectedHeader } = await compactVerify(compact, pair.josePublic, { algorithms: [alg] });
      expect(JSON.parse(Buffer.from(payload).toString())).toEqual(JSON.parse(JSON.stringify(claims)));
      expect(protectedHeader).toMatchObject({ alg, kid: pair.own.kid });
    }
  });

  it('proves here what is signed there', async () => {
    for (let round = 0; round < rounds; round++) {
      const claims = JSON.stringify(someClaims());
      const compact = await new CompactSign(Buffer.from(claims)).setProtectedHeader({ alg, x: aText() }).sign(pair.josePrivate);
      expect(await ours(pair, compact)).toEqual(JSON.parse(claims));
    }
  });

  it('agrees with it on damaged messages, or is the stricter of the two for a known reason', async () => {
    const base = await Promise.all(Array.from({ length: 4 }, () => signJws({ kid: undefined }, someClaims(), pair.own)));
    for (let round = 0; round < 400; round++) {
      const compact = damaged(base[round % base.length] ?? '');
      const [here, there] = await Promise.all([ours(pair, compact), theirs(pair, compact)]);
      if (here === undefined && there !== undefined) expect([compact, isStricter(compact)]).toEqual([compact, true]);
      else expect([compact, here]).toEqual([compact, there]);
    }
  });

  it.each(allAlgs.filter((other) => other !== alg))('refuses its signature under the name %s as jose does', async (other) => {
    const compact = await signJws({}, {}, pair.own);
    const renamed = compact.replace(/^[^.]*/, encode({ alg: other }));
    const keys = () => [pair.ownPublic];
    await expect(verifyJws(renamed, { algs: allAlgs, keys })).rejects.toThrow();
    await expect(compactVerify(renamed, pair.josePublic, { algorithms: [...allAlgs] })).rejects.toThrow();
  });
});
