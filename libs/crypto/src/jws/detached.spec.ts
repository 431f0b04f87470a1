import { generateSigningKey, importPublicJwk, openSigningKey, parseDetachedJws, publicJwk, signDetachedJws, signJws, verifyDetachedJws, type SigningKey } from '../index.js';
import { refusalOf } from '../spec-support/fixtures.js';

let key: SigningKey;
let other: SigningKey;
beforeAll(async () => {
  [key, other] = await Promise.all([newKey(), newKey()]);
});
const newKey = async (): Promise<SigningKey> => openSigningKey({ alg: 'PS256', ...(await generateSigningKey('PS256')) });
const payload = Buffer.from('{"amount":"1.00"}');
const verified = async (value: string, content: Uint8Array = payload, by = key, critical: readonly string[] = []) => {
  const jws = parseDetachedJws(value, content, { critical });
  await verifyDetachedJws(jws, { algs: ['PS256'], keys: () => [importPublicJwk(publicJwk(by))] });
  return jws.header;
};

it.each([[{}], [{ b64: false, crit: ['b64'] }], [{ crit: ['urn:iat'], 'urn:iat': 1 }]])('signs a body beside it and verifies it: %j', async (header) => {
  const value = await signDetachedJws(header, payload, key);
  expect(value).toMatch(/^[\w-]+\.\.[\w-]+$/);
  expect(await verified(value, payload, key, ['urn:iat'])).toEqual({ kid: key.kid, alg: 'PS256', ...header });
});

it('is what a compact JWS is without its payload (RFC 7515 appendix F)', async () => {
  const [head, , signature] = (await signJws({}, { amount: '1.00' }, key)).split('.');
  expect(await verified(`${head}..${signature}`)).toMatchObject({ alg: 'PS256' });
});

it.each<[string, () => Promise<unknown>, string]>([
  ['another body', async () => verified(await signDetachedJws({}, payload, key), Buffer.from('{"amount":"9.00"}')), 'signature'],
  ['another body, not encoded', async () => verified(await signDetachedJws({ b64: false, crit: ['b64'] }, payload, key), Buffer.from('{}')), 'signature'],
  ['another key', async () => verified(await signDetachedJws({}, payload, key), payload, other), 'key'],
  ['the payload inside', async () => verified(await signJws({}, { amount: '1.00' }, key)), 'malformed'],
  ['nothing', async () => verified(''), 'malformed'],
  ['two dots alone', async () => verified('..'), 'malformed'],
  ['a header that is no JSON', async () => verified('e30x..AA'), 'malformed'],
  ['too long a header', async () => verified(`${'A'.repeat(9000)}..AA`), 'malformed'],
  ['b64 without crit (RFC 7797 section 6)', async () => verified(await signDetachedJws({ b64: false }, payload, key)), 'malformed'],
  ['b64 that is no boolean', async () => verified(await signDetachedJws({ b64: 'false', crit: ['b64'] }, payload, key)), 'malformed'],
  ['a critical parameter nobody understands', async () => verified(await signDetachedJws({ crit: ['exp'], exp: 1 }, payload, key)), 'malformed'],
  ['a critical parameter that is not there', async () => verified(await signDetachedJws({ crit: ['urn:iat'] }, payload, key), payload, key, ['urn:iat']), 'malformed'],
  ['an empty crit', async () => verified(await signDetachedJws({ crit: [] }, payload, key)), 'malformed'],
  ['a crit that repeats', async () => verified(await signDetachedJws({ crit: ['b64', 'b64'], b64: true }, payload, key)), 'malformed'],
  ['an algorithm that is not allowed', async () => verified(`${Buffer.from('{"alg":"none"}').toString('base64url')}..AA`), 'algorithm'],
])('is refused with %s', async (_, attempt, reason) => {
  expect(await refusalOf(attempt)).toMatchObject({ name: 'JwsError', reason });
});
