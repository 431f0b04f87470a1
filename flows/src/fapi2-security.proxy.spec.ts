import { customers } from '@assent/testing/fapi';
import { request } from 'node:http';
import { runGoldenFlow } from './support/golden.js';
import { matrix, startStack, type Stack } from './support/stack.js';

/* The same flows where TLS ends at a proxy, which hands client certificates on in a header. */

const dialects = process.env['ASSENT_TEST_FULL'] === undefined ? (['rfc9440'] as const) : (['rfc9440', 'nginx', 'envoy', 'haproxy'] as const);

describe.each(dialects)('behind a proxy that speaks %s', (proxy) => {
  let stack: Stack;
  beforeAll(async () => void (stack = await startStack({ clients: matrix, proxy })), 60_000);
  afterAll(() => stack?.stop());

  it.each(matrix.map(({ id }) => id))('%s runs the whole flow', async (id) => {
    const client = await stack.party(id);
    const approve = (url: URL) => stack.visitor().approve(url, { ...customers.ana, accounts: ['ana-everyday'] });
    await runGoldenFlow({ stack, client, openid: true, approve });
  });

  it('F2-MT-06: what a client writes into the header itself never counts', async () => {
    const client = await stack.party('ca-mtls');
    const { der } = client.test.identity!;
    const answer = await client.clientCredentials('accounts', { identity: null, message: (message) => void message.addHeader('client-cert', `:${der.toString('base64')}:`) });
    expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_client']);
  });

  it('F2-MT-06: nobody but the proxy may send the header to the listener itself', async () => {
    const client = await stack.party('ca-mtls');
    await client.clientCredentials('accounts');
    const { message } = client.last!;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'client-cert': `:${client.test.identity!.der.toString('base64')}:` };
    const statusFrom = (localAddress: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const sent = request({ host: '127.0.0.1', localAddress, port: stack.ownPorts.mtls, method: 'POST', path: '/fapi2/token', headers }, (answer) => resolve(answer.resume().statusCode ?? 0));
        sent.once('error', reject).end(message.body);
      });
    if (proxy === 'rfc9440') expect(await statusFrom('127.0.0.1')).toBe(200);
    expect(await statusFrom('127.0.0.2')).toBe(400);
  });
});
