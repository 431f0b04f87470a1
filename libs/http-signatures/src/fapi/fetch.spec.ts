import { aKey, keysOf, now } from '../spec-support/fapi.js';
import { MessageSigner } from './fetch.js';
import { verifyRequest } from './request.js';
import { signResponse } from './response.js';

describe('MessageSigner', () => {
  it.each([
    ['nothing', undefined, undefined],
    ['text', '{"a":"€"}', '{"a":"€"}'],
    ['a form', new URLSearchParams({ a: 'b c' }), 'a=b+c'],
    ['bytes', Buffer.from([1, 2, 3]), '\u0001\u0002\u0003'],
  ])('signs %s and proves the answer', async (_, body, bytes) => {
    const [key, bank] = [await aKey('ES256'), await aKey('ES256')];
    const signer = new MessageSigner({ key, keys: keysOf(bank), clock: { now: () => now } });
    const sent = await signer.sign('https://rs.example/payments?x=1', { method: 'POST', headers: { authorization: 'DPoP t', dpop: 'p', 'idempotency-key': 'k' }, body });
    expect(sent.body === undefined ? undefined : Buffer.from(sent.body).toString()).toBe(bytes);
    expect(sent.signed.base).toContain('"idempotency-key": k');
    await expect(verifyRequest({ ...sent.request, headers: Object.entries(sent.headers), body: sent.body }, { keys: keysOf(key), now })).resolves.toBeDefined();
    const answer = { status: 200, headers: [], body: Buffer.from('{}') };
    const { headers } = await signResponse(answer, { request: sent.request, key: bank, now });
    await expect(signer.verify(sent, { ...answer, headers })).resolves.toBeDefined();
    await expect(signer.verify(sent, { ...answer, headers, status: 201 })).rejects.toMatchObject({ name: 'HttpSignatureError' });
  });

  it('signs no stream', async () => {
    const signer = new MessageSigner({ key: await aKey('ES256'), keys: () => [], clock: { now: () => now } });
    await expect(signer.sign('https://rs.example', { method: 'POST', headers: { authorization: 'x' }, body: new ReadableStream() })).rejects.toThrow(TypeError);
  });
});
