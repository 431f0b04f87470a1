import { encode, refusalOf } from '../spec-support/fixtures.js';
import { maxJwsLength, parseJws } from './parse.js';

const header = { alg: 'ES256', kid: 'k' };
const good = `${encode(header)}.${encode({ a: 1 })}.${encode('signature')}`;

describe('parseJws', () => {
  it('takes a compact JWS apart', () => {
    const jws = parseJws(good);
    expect(jws.header).toEqual(header);
    expect(jws.payload()).toEqual({ a: 1 });
    expect(jws.signature.toString()).toBe('signature');
    expect(jws.signingInput.toString()).toBe(good.slice(0, good.lastIndexOf('.')));
  });

  it('leaves a payload that is no JSON to whoever wants bytes', async () => {
    const jws = parseJws(`${encode(header)}.${encode('text')}.`);
    expect(jws.payloadBytes.toString()).toBe('text');
    expect(await refusalOf(() => jws.payload())).toMatchObject({ name: 'JwsError', reason: 'malformed' });
  });

  const withHeader = (text: unknown) => `${encode(text)}.${encode({})}.AAAA`;
  it.each([
    ['nothing', ''],
    ['two dots', '..'],
    ['one part', encode(header)],
    ['two parts', `${encode(header)}.${encode({})}`],
    ['four parts', `${good}.AAAA`],
    ['five parts, as a JWE has', `${good}.AAAA.AAAA`],
    ['an empty header', `.${encode({})}.AAAA`],
    ['two tokens joined by a comma, as two DPoP header fields are', `${good}, ${good}`],
    ['a space before', ` ${good}`],
    ['a line break after', `${good}\n`],
    ['padding', `${encode(header)}.${encode({})}.AA==`],
    ['base64 instead of base64url', `${encode(header)}.${encode({})}.+/+/`],
    ['stray low bits', `${encode(header)}.${encode({})}.AB`],
    ['a length no bytes have', `${encode(header)}.${encode({})}.AAAAA`],
    ['a foreign letter', `${encode(header)}.${encode({})}.AAé`],
    ['a header that is no JSON', withHeader('alg=ES256')],
    ['a header that is an array', withHeader([])],
    ['a header without alg', withHeader({ kid: 'k' })],
    ['alg that is no string', withHeader({ alg: ['ES256'] })],
    ['alg null', withHeader({ alg: null })],
    ['kid that is no string', withHeader({ alg: 'ES256', kid: 1 })],
    ['typ that is no string', withHeader({ alg: 'ES256', typ: {} })],
    ['alg twice', withHeader('{"alg":"ES256","alg":"none"}')],
    ['alg twice, once escaped', withHeader('{"alg":"ES256","\\u0061lg":"none"}')],
    ['crit', withHeader({ alg: 'ES256', crit: ['exp'] })],
    ['an empty crit', withHeader({ alg: 'ES256', crit: [] })],
    ['crit null', withHeader({ alg: 'ES256', crit: null })],
    ['b64', withHeader({ alg: 'ES256', b64: true })],
    ['b64 false', withHeader({ alg: 'ES256', b64: false })],
    ['too long', `${encode(header)}.${'A'.repeat(maxJwsLength)}.AAAA`],
    ['no string', undefined as unknown as string],
    ['an object', { toString: () => good } as unknown as string],
  ])('refuses %s', async (_, compact) => {
    expect(await refusalOf(() => parseJws(compact))).toMatchObject({ name: 'JwsError', reason: 'malformed' });
  });
});
