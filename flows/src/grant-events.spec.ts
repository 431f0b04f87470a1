import { parseConfig } from '@assent/config';
import { importPublicJwk, verifySecurityEvent } from '@assent/crypto';
import { eventsResource, grantsResource, startGrantManagement, type GrantManagement } from '@assent/grant-management';
import { mintId, newTag, plusSeconds, systemClock, tagOf, type GrantEventType, type PublicJwk } from '@assent/protocol';
import { freePorts, Message, send, type Answer } from '@assent/testing/fapi';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEventReceiver, readEvent, type EventReceiver } from './support/event-receiver.js';
import { openFeedWorld, type FeedWorld } from './support/feed-world.js';

/*
 * What a client is told of its grants: Security Event Tokens (RFC 8417), sent (RFC 8935) or fetched (RFC 8936).
 */

let world: FeedWorld;
let receiver: EventReceiver;
const secret = 'Bearer of-the-receiver';

beforeAll(async () => {
  const [port] = await freePorts(1);
  const machine = { grant_types: ['client_credentials'], redirect_uris: undefined };
  world = await openFeedWorld(() => [
    { id: 'pushed', auth: 'private_key_jwt', constraint: 'dpop', metadata: { ...machine, scope: 'grant_management_revoke grant_events', grant_events: { delivery: 'push', endpoint: `https://localhost:${port}/events`, authorization_header: secret } } },
    { id: 'polling', auth: 'private_key_jwt', constraint: 'dpop', metadata: { ...machine, scope: 'grant_events grant_management_query', grant_events: { delivery: 'poll' } } },
    { id: 'silent', auth: 'private_key_jwt', constraint: 'dpop' },
  ]);
  receiver = await openEventReceiver(world.made, port!);
});
afterAll(async () => {
  await receiver.close();
  await world.close();
});
beforeEach(() => {
  receiver.answer = () => 202;
});

const difference = { scope: { added: ['accounts'], removed: [] } };

async function aGrant(clientId: string, managed = true): Promise<string> {
  const id = mintId(newTag());
  await world.pool.query(
    `INSERT INTO assent."grant" (tag, id, status, issuer, client_id, customer_id, subject, scope, accounts, authorization_details, auth_time, acr, amr, created_at, updated_at, managed)
     VALUES ($1, $2, 'active', $3, $4, 'customer-ana', 'ana', '{accounts}', '{}', '[]', now(), '1', '{}', now(), now(), $5)`,
    [tagOf(id), id, world.made.issuer, clientId, managed],
  );
  return id;
}
/** A new version of a grant, as every writer leaves one. */
async function change(id: string, version: number, event: GrantEventType, { at = systemClock.now(), status = 'active' } = {}): Promise<void> {
  await world.pool.query(
    `INSERT INTO assent.grant_version (tag, grant_id, version, at, actor_kind, actor_id, event, status, scope, resources, accounts, authorization_details, difference, reason)
     VALUES ($1, $2, $3, $4, 'staff', 'sam', $5, $6, '{accounts}', '{}', '{}', '[]', $7, 'a word among us')`,
    [tagOf(id), id, version, at, event, status, JSON.stringify(difference)],
  );
}
async function until(condition: () => boolean | Promise<boolean>, most = 15_000): Promise<void> {
  const end = performance.now() + most;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('not in time');
    await sleep(20);
  }
}
const kept = async (where: string, values: unknown[] = []): Promise<number> => ((await world.pool.query(`SELECT count(*)::int AS n FROM assent.grant_notice WHERE ${where}`, values)).rows[0] as { n: number }).n;
const audited = async (type: string, grantId: string): Promise<object[]> => (await world.pool.query('SELECT detail FROM assent.audit_event WHERE type = $1 AND grant_id = $2', [type, grantId])).rows.map(({ detail }: { detail: object }) => detail);
const rules = async () => {
  const { text } = await send(new Message({ method: 'GET', url: `${world.made.issuer}/jwks` }), { ca: world.made.ca });
  const keys = (JSON.parse(text) as { keys: PublicJwk[] }).keys.map(importPublicJwk);
  return { issuer: world.made.issuer, algs: ['ES256'] as const, keys: () => keys };
};

describe('events that are sent (RFC 8935)', () => {
  it('come signed, in order, and say what changed but not who did it', async () => {
    const id = await aGrant('pushed');
    await change(id, 1, 'created');
    await change(id, 2, 'merged');
    await change(id, 3, 'revoked', { status: 'revoked' });
    await until(() => receiver.of(id).length === 3);
    expect(receiver.of(id)).toEqual(['created 1', 'merged 2', 'revoked 3']);
    const [, , last] = receiver.received.filter(({ grantId }) => grantId === id);
    expect(last!.headers).toMatchObject({ 'content-type': 'application/secevent+jwt', accept: 'application/json', authorization: secret });
    expect(JSON.parse(Buffer.from(last!.token.split('.')[0]!, 'base64url').toString())).toMatchObject({ typ: 'secevent+jwt', alg: 'ES256', kid: expect.any(String) as string });
    expect(await verifySecurityEvent(last!.token, { ...(await rules()), audience: 'pushed' })).toMatchObject({ jti: last!.jti, transaction: `${id}.3`, subject: { format: 'opaque', id } });
    expect(last!.claims).toEqual({
      iss: world.made.issuer, aud: 'pushed', jti: last!.jti, iat: expect.any(Number) as number, toe: expect.any(Number) as number, txn: `${id}.3`, sub_id: { format: 'opaque', id },
      events: { 'urn:assent:event:grant-revoked': { grant_id: id, version: 3, status: 'revoked', by: 'staff', difference } },
    }); // prettier-ignore
    await until(async () => (await kept('grant_id = $1', [id])) === 0);
  });

  it('follow what the grants API does', async () => {
    const id = await aGrant('pushed');
    const client = await world.party('pushed');
    const { json } = await client.clientCredentials('grant_management_revoke');
    expect((await client.call(`${grantsResource(world.made.config)}/${id}`, json['access_token'] as string, {}, 'DELETE')).status).toBe(204);
    await until(() => receiver.of(id).length === 1);
    expect(receiver.of(id)[0]).toMatch(/^revoked /);
  });

  it('are kept for nobody who does not want them, and of no grant the client does not manage', async () => {
    const [unmanaged, silent] = [await aGrant('pushed', false), await aGrant('silent')];
    await change(unmanaged, 1, 'created');
    await change(silent, 1, 'created');
    expect(await kept('grant_id = ANY ($1)', [[unmanaged, silent]])).toBe(0);
  });

  it('wait for the earlier ones of their grant alone, and are tried again', async () => {
    const [failing, fine] = [await aGrant('pushed'), await aGrant('pushed')];
    const attempts: string[] = [];
    receiver.answer = ({ grantId, jti, event }) => {
      if (grantId !== failing) return 202;
      attempts.push(`${event} ${jti}`);
      return attempts.length < 3 ? 500 : 202;
    };
    await change(failing, 1, 'created');
    await change(failing, 2, 'merged');
    await change(fine, 1, 'created');
    await until(() => receiver.of(fine).length === 1);
    expect(receiver.of(failing)).toEqual([]);
    await until(() => receiver.of(failing).length === 2, 30_000);
    expect(receiver.of(failing)).toEqual(['created 1', 'merged 2']);
    // The same event each time, under the same name.
    expect(new Set(attempts.slice(0, 3)).size).toBe(1);
  }, 40_000);

  it.each([200, 204, 302, 400])('count as taken by no answer but 202: %i', async (status) => {
    const id = await aGrant('pushed');
    let asked = 0;
    receiver.answer = ({ grantId }) => (grantId === id && (asked += 1) === 1 ? status : 202);
    await change(id, 1, 'created');
    await until(() => receiver.of(id).length === 1);
    expect(asked).toBe(2);
  });

  it('are given up in time, and said so', async () => {
    await world.stopServer();
    const id = await aGrant('pushed');
    await change(id, 1, 'created', { at: plusSeconds(systemClock.now(), -8 * 86_400) });
    await change(id, 2, 'merged');
    await world.startServer();
    await until(() => receiver.of(id).length === 1);
    expect(receiver.of(id)).toEqual(['merged 2']);
    expect(await audited('event.given_up', id)).toEqual([expect.objectContaining({ event: 'created', version: 1, attempts: 0 })]);
  });

  it('two processes share the work, in order and without doing it twice', async () => {
    const other = await startSecond();
    try {
      const ids = await Promise.all(Array.from({ length: 30 }, () => aGrant('pushed')));
      receiver.answer = async () => {
        await sleep(5);
        return 202;
      };
      for (const version of [1, 2, 3]) await Promise.all(ids.map((id) => change(id, version, version === 1 ? 'created' : 'merged')));
      await until(() => ids.every((id) => receiver.of(id).length >= 3), 30_000);
      await sleep(200);
      for (const id of ids) expect(receiver.of(id)).toEqual(['created 1', 'merged 2', 'merged 3']);
    } finally {
      await other.close();
    }
  }, 40_000);

  it('are sent again when their sender is killed before it could note that they were taken', async () => {
    await world.stopServer();
    const main = fileURLToPath(new URL('../../apps/grant-management/dist/main.js', import.meta.url));
    const child = spawn(process.execPath, [main, '--config', world.made.file], { env: { ...process.env, ...world.made.env, NODE_OPTIONS: '' }, stdio: 'ignore' });
    const dead = new Promise((resolve) => child.once('exit', resolve));
    const taken: string[] = [];
    const id = await aGrant('pushed');
    receiver.answer = async ({ jti, grantId }) => {
      if (grantId !== id) return 202;
      taken.push(jti);
      if (taken.length === 1) {
        child.kill('SIGKILL');
        await dead;
      }
      return 202;
    };
    await change(id, 1, 'created');
    await change(id, 2, 'revoked');
    await dead;
    expect(await kept('grant_id = $1', [id])).toBe(2);
    // Another process, when the killed one's time is over.
    const next = await startGrantManagement(world.made.config, { clock: { now: () => plusSeconds(systemClock.now(), 61) } });
    await until(() => taken.length === 3);
    expect(taken[0]).toBe(taken[1]);
    await until(async () => (await kept('grant_id = $1', [id])) === 0);
    await next.close();
    await world.startServer();
  }, 60_000);
});

/** A second process' worth of server, beside the first. */
async function startSecond(): Promise<GrantManagement> {
  const { file, env } = world.made;
  const [port, healthPort, dashboard, staff] = await freePorts(4);
  const document = JSON.parse(await readFile(file, 'utf8')) as { grantManagement: { dashboard: object; staff: object } };
  const grantManagement = { ...document.grantManagement, port, healthPort, dashboard: { ...document.grantManagement.dashboard, port: dashboard }, staff: { ...document.grantManagement.staff, port: staff } };
  return startGrantManagement(await parseConfig(JSON.stringify({ ...document, grantManagement }), { file, env, cwd: '/' }));
}

describe('events that are fetched (RFC 8936)', () => {
  let token: string;
  const poll = async (body: object | string, { as = 'polling', scope = 'grant_events', with: used = token }: { as?: string; scope?: string; with?: string } = {}): Promise<Answer> => {
    const client = await world.party(as);
    const accessToken = as === 'polling' && scope === 'grant_events' ? used : ((await client.clientCredentials(scope)).json['access_token'] as string);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return client.call(eventsResource(world.made.config), accessToken, { message: (message) => { message.setHeader('content-type', 'application/json'); message.body = text; } }, 'POST'); // prettier-ignore
  };
  const eventsOf = ({ json }: Answer) => Object.values((json['sets'] ?? {}) as Record<string, string>).map(readEvent);
  const at = async (body: object): Promise<{ jtis: string[]; says: string[]; answer: Answer }> => {
    const answer = await poll(body);
    const events = eventsOf(answer);
    return { jtis: events.map(({ jti }) => jti), says: events.map(({ event, version }) => `${event} ${version}`), answer };
  };
  let client: Awaited<ReturnType<FeedWorld['party']>>;
  beforeAll(async () => {
    client = await world.party('polling');
    token = (await client.clientCredentials('grant_events')).json['access_token'] as string;
    const { party } = world;
    // The token is bound to this party's key.
    world = { ...world, party: (id) => (id === 'polling' ? Promise.resolve(client) : party(id)) };
  });

  it('are answered at once where there are none and nobody wants to wait', async () => {
    const { answer } = await at({ returnImmediately: true });
    expect([answer.status, answer.json, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([200, { sets: {} }, expect.stringContaining('application/json'), 'no-store']);
  });

  it('come in order, each when the one before is acknowledged', async () => {
    const id = await aGrant('polling');
    await change(id, 1, 'created');
    await change(id, 2, 'merged');
    const first = await at({ returnImmediately: true });
    expect(first.says).toEqual(['created 1']);
    const [set] = Object.values(first.answer.json['sets'] as Record<string, string>);
    expect(await verifySecurityEvent(set!, { ...(await rules()), audience: 'polling' })).toMatchObject({ jti: first.jtis[0], subject: { id } });
    // Not acknowledged, and not yet due again: neither it nor what comes after it.
    expect((await at({ returnImmediately: true })).says).toEqual([]);
    const second = await at({ returnImmediately: true, ack: first.jtis });
    expect(second.says).toEqual(['merged 2']);
    expect((await at({ maxEvents: 0, ack: second.jtis })).answer.json).toEqual({ sets: {} });
    expect(await kept('grant_id = $1', [id])).toBe(0);
  });

  it('come again when they were not acknowledged', async () => {
    const id = await aGrant('polling');
    await change(id, 1, 'created');
    const first = await at({ returnImmediately: true });
    await world.pool.query(`UPDATE assent.grant_notice SET next_at = now() - interval '1 s' WHERE grant_id = $1`, [id]);
    const again = await at({ returnImmediately: true });
    expect(again.jtis).toEqual(first.jtis);
    await at({ maxEvents: 0, ack: again.jtis });
  });

  it('end a poll that waits', async () => {
    const waiting = at({});
    await sleep(300);
    const id = await aGrant('polling');
    await change(id, 1, 'created');
    const { says, jtis } = await waiting;
    expect(says).toEqual(['created 1']);
    await at({ maxEvents: 0, ack: jtis });
  });

  it('come in the number asked for, with word that there are more', async () => {
    const ids = [await aGrant('polling'), await aGrant('polling'), await aGrant('polling')];
    for (const id of ids) await change(id, 1, 'created');
    const first = await at({ returnImmediately: true, maxEvents: 2 });
    expect([first.says.length, first.answer.json['moreAvailable']]).toEqual([2, true]);
    const rest = await at({ returnImmediately: true, maxEvents: 2, ack: first.jtis });
    expect([rest.says.length, rest.answer.json['moreAvailable']]).toEqual([1, undefined]);
    await at({ maxEvents: 0, ack: rest.jtis });
  });

  it('that the client cannot use are told no more, with the reason in the audit log', async () => {
    const id = await aGrant('polling');
    await change(id, 1, 'created');
    const { jtis } = await at({ returnImmediately: true });
    await at({ maxEvents: 0, setErrs: { [jtis[0]!]: { err: 'invalid_audience', description: 'a text' } } });
    expect(await kept('grant_id = $1', [id])).toBe(0);
    expect(await audited('event.refused', id)).toEqual([expect.objectContaining({ jti: jtis[0], reason: 'invalid_audience' })]);
  });

  it('of others are not acknowledged by it', async () => {
    receiver.answer = () => 500;
    const id = await aGrant('pushed');
    await change(id, 1, 'created');
    const { rows } = await world.pool.query('SELECT jti FROM assent.grant_notice WHERE grant_id = $1', [id]);
    await at({ maxEvents: 0, ack: rows.map(({ jti }: { jti: string }) => jti) });
    expect(await kept('grant_id = $1', [id])).toBe(1);
  });

  it.each<[string, () => Promise<Answer>, number, string]>([
    ['a token without the scope', () => poll({}, { scope: 'grant_management_query' }), 401, 'invalid_token'],
    ['a client that is sent its events', () => poll({}, { as: 'pushed' }), 403, 'insufficient_scope'],
    ['maxEvents that is no number', () => poll({ maxEvents: '5' }), 400, 'invalid_request'],
    ['maxEvents below zero', () => poll({ maxEvents: -1 }), 400, 'invalid_request'],
    ['returnImmediately that is neither', () => poll({ returnImmediately: 'yes' }), 400, 'invalid_request'],
    ['ack that is no list', () => poll({ ack: 'x' }), 400, 'invalid_request'],
    ['an acknowledgement that is no text', () => poll({ ack: [5] }), 400, 'invalid_request'],
    ['an acknowledgement that holds NUL', () => poll({ ack: ['a\0'] }), 400, 'invalid_request'],
    ['an error of what is no jti', () => poll({ setErrs: { 'a\0': { err: 'invalid_key' } } }), 400, 'invalid_request'],
    ['setErrs that is no object', () => poll({ setErrs: [] }), 400, 'invalid_request'],
    ['an error without its code', () => poll({ setErrs: { x: {} } }), 400, 'invalid_request'],
    ['a list for a body', () => poll([]), 400, 'invalid_request'],
    ['what is no JSON', () => poll('{'), 400, 'invalid_request'],
  ])('refuses %s', async (_, ask, status, error) => {
    const answer = await ask();
    expect([answer.status, answer.json['error']]).toEqual([status, error]);
  });
});
