import { freePorts, Message, send, type Answer, type FapiClient, type Route } from '@assent/testing/fapi';
import { setTimeout as sleep } from 'node:timers/promises';
import { asked, backchannelClient, notificationToken } from './support/backchannel.js';
import { NotificationEndpoint } from './support/notified.js';
import { startPair, startServer, type Pair, type ServerProcess } from './support/processes.js';

/* Two processes behave as one; and what was decided is told to the client whatever dies on the way. */

let pair: Pair;
let port: number;
let ping: FapiClient;
beforeAll(async () => {
  [port = 0] = await freePorts(1);
  pair = await startPair({
    clients: [
      { id: 'patient', auth: 'private_key_jwt', constraint: 'mtls', metadata: backchannelClient('poll') },
      { id: 'told', auth: 'private_key_jwt', constraint: 'mtls', metadata: backchannelClient('ping', `https://localhost:${port}/notified`) },
    ],
    issuer: { profile: 'fapi2-ciba', ciba: { approvalEndpoint: true, longPolling: '20s', pendingPerCustomer: 100, refusals: 100 } },
    grants: true,
    sections: { outbound: { allowPrivateAddresses: ['127.0.0.0/8', '::1/128'], timeoutMs: 1000 } },
  });
  ping = await pair.party('told');
}, 60_000);
afterAll(() => pair?.stop());

const decide = (route: Route, id: string): Promise<Answer> => send(new Message({ method: 'GET', url: `${pair.issuer}/backchannel/decide?${new URLSearchParams({ auth_req_id: id, action: 'allow' }).toString()}` }), { ca: pair.ca, route });

async function count(from: string): Promise<number> {
  const { rows } = await pair.database.pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`);
  return rows[0]!.n;
}

describe('two processes', () => {
  it('CB-TK-10: wake each other’s polls', async () => {
    const { client } = pair;
    client.route = pair.routeTo(pair.one);
    const { id } = await asked(client);
    const answer = client.poll(id);
    while ((await count(`assent.backchannel_request WHERE polled_at IS NOT NULL`)) === 0) await sleep(20);
    expect((await decide(pair.routeTo(pair.two), id)).json).toEqual({ outcome: 'decided' });
    expect((await answer).status).toBe(200);
  });

  it('redeem one request once for twenty racers', async () => {
    const { client } = pair;
    const { id } = await asked(client);
    await decide(pair.routeTo(pair.one), id);
    const racers = Array.from({ length: 20 }, (_, n) => {
      client.route = pair.routeTo(n % 2 ? pair.one : pair.two);
      return client.poll(id);
    });
    const answers = await Promise.all(racers);
    expect(answers.map(({ status, json }) => (status === 200 ? 'tokens' : json['error'])).sort()).toEqual([...Array.from({ length: 19 }, () => 'invalid_grant'), 'tokens']);
  });

  it('answer the polls that wait when they are asked to end', async () => {
    const { client } = pair;
    const sibling = await pair.sibling();
    const third = await startServer(sibling);
    client.route = pair.routeTo(third);
    const { id } = await asked(client);
    const answer = client.poll(id);
    const waits = `assent.backchannel_request WHERE polled_at IS NOT NULL AND state = 'pending'`;
    while ((await count(waits)) === 0) await sleep(20);
    // The look itself may still be under way.
    await sleep(100);
    expect(await third.stop()).toBe(0);
    expect((await answer).json['error']).toBe('authorization_pending');
  });
});

describe('a notification', () => {
  let restarted: ServerProcess | undefined;
  let endpoint: NotificationEndpoint | undefined;
  afterEach(async () => {
    await endpoint?.close();
    await restarted?.stop();
  });

  const kill = (server: ServerProcess): Promise<unknown> => new Promise((resolve) => { server.child.once('exit', resolve); server.child.kill('SIGKILL'); }); // prettier-ignore

  it('CB-PN-01: is sent by one of the processes', async () => {
    endpoint = await NotificationEndpoint.open(port, pair.server);
    ping.route = pair.routeTo(pair.two);
    for (let n = 0; n < 3; n++) {
      const { id } = await asked(ping);
      await decide(pair.routeTo(n % 2 ? pair.one : pair.two), id);
      await endpoint.about(id);
    }
    while ((await count('assent.backchannel_ping')) > 0) await sleep(20);
    expect(endpoint.received).toHaveLength(3);
  });

  it('survives the end of every process between decision and delivery, and in the middle of it', async () => {
    const token = notificationToken();
    ping.route = pair.routeTo(pair.one);
    // Nobody listens: the decision is there, its notification is not.
    const [one, two] = [await asked(ping, { client_notification_token: token }), await asked(ping, { client_notification_token: token })];
    await decide(pair.routeTo(pair.one), one.id);
    await Promise.all([kill(pair.one), kill(pair.two)]);
    expect(await count('assent.backchannel_ping')).toBe(1);
    endpoint = await NotificationEndpoint.open(port, pair.server);
    const first = await startServer(pair.restart);
    const [told] = await endpoint.about(one.id);
    expect([told!.body, told!.headers.authorization]).toEqual([JSON.stringify({ auth_req_id: one.id }), `Bearer ${token}`]);
    // It was taken, and the process that sent it dies before it learns so: it comes again.
    endpoint.answer = () => undefined;
    await decide(pair.routeTo(first), two.id);
    await endpoint.about(two.id);
    await kill(first);
    endpoint.answer = (_notified, response) => void response.writeHead(204).end();
    restarted = await startServer(pair.restart);
    expect((await endpoint.about(two.id, 2)).map(({ body }) => body)).toEqual([1, 2].map(() => JSON.stringify({ auth_req_id: two.id })));
    while ((await count('assent.backchannel_ping')) > 0) await sleep(50);
    ping.route = pair.routeTo(restarted);
    expect([(await ping.poll(one.id)).status, (await ping.poll(two.id)).status]).toEqual([200, 200]);
  }, 60_000);
});
