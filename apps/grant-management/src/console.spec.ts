import { migrate, openDatabase, seedCustomers, type Database } from '@assent/persistence';
import { systemClock } from '@assent/protocol';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { freePorts, makeConfiguration, type TestConfiguration } from '@assent/testing/fapi';
import { createHash } from 'node:crypto';
import { startGrantManagement, type GrantManagement } from './index.js';
import { headingOf, newGrant, Person, type NewGrant } from './sites.fixtures.js';
import { finishBulks } from './staff/bulk.js';
import { referenceOf } from './view/reference.js';

let database: TestDatabase;
let opened: Database;
let configuration: TestConfiguration;
let server: GrantManagement;
type Role = 'viewer' | 'agent' | 'supervisor';
let staff: Record<Role | 'other', Person>;
const why = { reason: 'fraud', note: 'Caller did not know the app.' };

beforeAll(async () => {
  const [api, dashboard, console, healthPort] = await freePorts(4);
  database = await startDatabase();
  await migrate(database.url);
  const client = (id: string, metadata: object) => ({ id, auth: 'private_key_jwt', constraint: 'dpop', metadata: { ...metadata } }) as const;
  configuration = await makeConfiguration({
    databaseUrl: database.url,
    clients: [client('tally', { client_name: 'Tally Budget' }), client('lender', {}), client('bulky', {}), client('own', { first_party: true, scope: 'openid', grant_types: ['authorization_code'] })],
    otherIssuers: ['second'],
    sections: { grantManagement: { publicUrl: `https://localhost:${api}`, healthPort, dashboard: { publicUrl: `https://localhost:${dashboard}` }, staff: { publicUrl: `https://localhost:${console}` } } },
  });
  opened = await openDatabase({ url: database.url, poolSize: 4 });
  await seedCustomers(opened.pool, configuration.config.customers, systemClock);
  server = await startGrantManagement(configuration.config);
  const signIn = async (id: string, roles: readonly Role[]) => {
    const person = await Person.signIn(opened, configuration, 'staff', server.ports.staff[0]!, { id, roles });
    expect((await person.post('/ticket/start', { ticket: 'CS-20418' })).status).toBe(303);
    return person;
  };
  staff = { viewer: await signIn('vera', ['viewer']), agent: await signIn('noor', ['agent']), supervisor: await signIn('sam', ['supervisor']), other: await signIn('kim', ['supervisor']) };
}, 60_000);
afterAll(async () => {
  await server?.close();
  await opened?.close();
  await configuration?.close();
  await database?.stop();
});

const aGrant = (grant: NewGrant = {}): Promise<string> => newGrant(opened, configuration.issuer, grant);
const find = (id: string) => opened.stores.grants.find(id);
const auditOf = async (type: string, where = 'true') => (await opened.pool.query(`SELECT grant_id, client_id, customer_id, detail FROM assent.audit_event WHERE type = $1 AND ${where} ORDER BY at`, [type])).rows as Record<string, unknown>[];

describe('a ticket comes before any customer data', () => {
  it('on every page that shows some', async () => {
    const id = await aGrant();
    const nobody = await Person.signIn(opened, configuration, 'staff', server.ports.staff[0]!, { id: 'zoe', roles: ['supervisor'] });
    for (const path of ['/', `/grants/${id}`, `/grants/${id}/revoke`, `/grants/${id}/revoked`, '/clients/fapi2/tally/end']) expect((await nobody.get(path)).headers.get('location')).toBe('/ticket');
    for (const path of ['/search', `/grants/${id}/revoke/preview`, `/grants/${id}/revoke/confirmed`, '/clients/fapi2/tally/end/ask']) expect((await nobody.post(path, { customer: 'ana', version: '1', ...why })).headers.get('location')).toBe('/ticket');
    expect((await find(id))?.status).toBe('active');
  });

  it.each(['', 'x', 'CS 20418', '../../x', 'A'.repeat(41), '<b>12345'])('is no ticket: %j', async (ticket) => {
    const person = await Person.signIn(opened, configuration, 'staff', server.ports.staff[0]!, { id: 'zoe', roles: ['agent'] });
    expect((await person.post('/ticket/start', { ticket })).status).toBe(422);
    expect((await person.get('/')).headers.get('location')).toBe('/ticket');
  });

  it('and is put down again', async () => {
    const person = await Person.signIn(opened, configuration, 'staff', server.ports.staff[0]!, { id: 'zoe', roles: ['agent'] });
    await person.post('/ticket/start', { ticket: 'CS-7' + '7' });
    expect((await person.get('/')).status).toBe(200);
    expect((await person.post('/ticket/end', {})).headers.get('location')).toBe('/ticket');
    expect((await person.get('/')).headers.get('location')).toBe('/ticket');
    expect(await auditOf('staff.ticket_started', `detail->>'ticket' = 'CS-77'`)).toMatchObject([{ detail: { staff: 'zoe' } }]);
  });
});

describe('the search', () => {
  const search = (fields: Record<string, string>, person: Person = staff.viewer) => person.post('/search', fields);
  const found = (text: string): string[] => [...text.matchAll(/href="\/grants\/([\w-]{32})"/g)].map(([, id]) => id!);

  it('finds by customer id or user ID, by reference or id, by client, and by status', async () => {
    const [anas, bens] = [await aGrant(), await aGrant({ customerId: 'customer-ben', clientId: 'lender' })];
    expect(found((await search({ customer: 'BEN' })).text)).toEqual([bens]);
    expect(found((await search({ customer: 'customer-ben' })).text)).toEqual([bens]);
    expect(found((await search({ grant: anas })).text)).toEqual([anas]);
    expect(found((await search({ grant: referenceOf(anas).toLowerCase() })).text)).toContain(anas);
    expect(found((await search({ client: 'lender' })).text)).toEqual([bens]);
    expect(found((await search({ client: 'lender', status: 'revoked' })).text)).toEqual([]);
    expect(found((await search({ customer: 'ben', client: 'tally' })).text)).toEqual([]);
    expect(await auditOf('staff.searched', `detail->>'customer' = 'BEN'`)).toMatchObject([{ detail: { staff: 'vera', ticket: 'CS-20418', found: 1 } }]);
  });

  it.each<[string, Record<string, string>]>([
    ['part of a name', { customer: 'an' }],
    ['a wildcard', { customer: '%' }],
    ['a wildcard for a grant', { grant: '%' }],
    ['the beginning of an id', { grant: 'GR-7F3A' }],
    ['part of a client', { client: 'tall' }],
    ['markup', { customer: '<img src=x onerror=alert(1)>' }],
  ])('knows no %s', async (_, fields) => {
    const answer = await search(fields);
    expect([answer.status, found(answer.text), answer.text.includes('Nothing fits exactly.'), answer.text.includes('<img')]).toEqual([200, [], true, false]);
  });

  it('does not browse', async () => {
    expect((await search({ status: 'active' })).status).toBe(422);
    expect(found((await staff.viewer.get('/')).text)).toEqual([]);
    expect((await staff.viewer.get('/search')).status).toBe(405);
  });

  it('shows 25 a page, and no grant of the bank’s own applications', async () => {
    await Promise.all(Array.from({ length: 27 }, () => aGrant({ clientId: 'bulky' })));
    await aGrant({ clientId: 'own', scope: ['openid'] });
    const [first, second] = [found((await search({ client: 'bulky' })).text), found((await search({ client: 'bulky', page: '2' })).text)];
    expect([first.length, second.length, new Set([...first, ...second]).size]).toEqual([25, 2, 27]);
    expect(found((await search({ client: 'own' })).text)).toEqual([]);
  });
});

describe('a grant', () => {
  it('shows what helps, never a token, and each look is a link of its chain', async () => {
    const id = await aGrant();
    const page = await staff.viewer.get(`/grants/${id}`);
    for (const words of ['customer-ana', 'Ana Duarte', id, 'tally', configuration.issuer, 'Everyday account', 'You allowed access']) expect(page.text).toContain(words);
    expect(page.text).not.toMatch(/id="revoke"|thumbprint|cnf/);
    await Promise.all(Array.from({ length: 5 }, () => staff.agent.get(`/grants/${id}`)));
    const { rows } = await opened.pool.query<{ sequence: number; body: string; previous: Buffer; hash: Buffer }>('SELECT sequence, body, previous, hash FROM assent.grant_event WHERE grant_id = $1 ORDER BY sequence', [id]);
    expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { body, previous, hash } of rows) expect(createHash('sha256').update(previous).update(body).digest().equals(hash)).toBe(true);
    expect(JSON.parse(rows[0]!.body)).toMatchObject({ type: 'staff.viewed', actor: { kind: 'staff', id: 'vera' }, customer_id: 'customer-ana', detail: { ticket: 'CS-20418', name: 'Name of vera' } });
    expect(await auditOf('staff.viewed', `grant_id = '${id}'`)).toHaveLength(6);
    expect((await staff.agent.get(`/grants/${id}`)).text).toContain('looked at it (');
  });

  it('of the bank’s own applications is not there, nor is none', async () => {
    for (const id of [await aGrant({ clientId: 'own', scope: ['openid'] }), 'A'.repeat(32), 'x']) expect((await staff.supervisor.get(`/grants/${id}`)).status).toBe(404);
  });
});

describe('a consent that waits for its customer', () => {
  const lodge = async () => {
    const consent = { kind: 'data', details: [], document: {}, expiresAt: null };
    const lodged = await opened.stores.consents.lodge({ issuer: configuration.issuer, clientId: 'tally', consent, now: systemClock.now(), audit: { type: 'consent.lodged', issuer: configuration.issuer, clientId: 'tally' } });
    if (lodged.outcome !== 'lodged') throw new Error(lodged.outcome);
    return lodged.consent.grantId;
  };

  it('is found and shown as waiting, with nobody for a customer', async () => {
    const id = await lodge();
    expect((await staff.viewer.post('/search', { grant: id })).text).toContain(`/grants/${id}`);
    const { status, text } = await staff.viewer.get(`/grants/${id}`);
    expect([status, text.includes('Waiting'), text.includes('The app asked the bank for it')]).toEqual([200, true, true]);
    expect(text).not.toMatch(/undefined|null/);
    expect((await staff.viewer.post('/search', { customer: 'ana', status: 'awaiting_authorisation' })).text).not.toContain(id);
  });

  it('can be ended like every grant, and ends with all of its client', async () => {
    const id = await lodge();
    expect((await staff.agent.post(`/grants/${id}/revoke/confirmed`, { version: '1', ...why })).status).toBe(303);
    expect(await find(id)).toMatchObject({ status: 'revoked', customerId: '' });
    expect(await auditOf('grant.revoked', `grant_id = '${id}'`)).toMatchObject([{ customer_id: null, client_id: 'tally' }]);
    const other = await lodge();
    expect(await opened.stores.grantDirectory.current(configuration.issuer, 'tally', 1000)).toContain(other);
  });
});

describe('ending a grant', () => {
  it('takes a reason, a note, and a look at what the customer will read', async () => {
    const id = await aGrant();
    expect(headingOf(await staff.agent.get(`/grants/${id}/revoke`))).toBe('End the grant of Tally Budget?');
    const preview = await staff.agent.post(`/grants/${id}/revoke/preview`, { version: '1', ...why });
    expect(preview.text).toMatch(/id="customer-reads"[\s\S]*We stopped it to protect you from fraud/);
    expect((await find(id))?.status).toBe('active');
    const done = await staff.agent.post(`/grants/${id}/revoke/confirmed`, { version: '1', ...why });
    expect([done.status, done.headers.get('location')]).toEqual([303, `/grants/${id}/revoked`]);
    expect((await opened.stores.grants.history(id)).at(-1)).toMatchObject({ event: 'revoked', actor: { kind: 'staff', id: 'noor' }, reason: 'fraud', status: 'revoked' });
    expect(await auditOf('grant.revoked', `grant_id = '${id}'`)).toMatchObject([{ customer_id: 'customer-ana', client_id: 'tally', detail: { by: 'staff', staff: 'noor', ticket: 'CS-20418', reason: 'fraud', note: why.note } }]);
    expect((await staff.agent.get(`/grants/${id}`)).text).toContain('<bdi>noor</bdi> ended it (Fraud)');
    expect((await staff.agent.post(`/grants/${id}/revoke/confirmed`, { version: '1', ...why })).status).toBe(409);
  });

  it.each<[string, Record<string, string>, number]>([
    ['no reason', { reason: '' }, 422],
    ['a reason of one’s own', { reason: 'because' }, 422],
    ['no note', { note: '  ' }, 422],
    ['a note too long', { note: 'x'.repeat(501) }, 422],
    ['an older version', { version: '9' }, 409],
    ['another session’s form', { csrf: 'x' }, 403],
  ])('is refused with %s', async (_, fields, status) => {
    const id = await aGrant();
    expect((await staff.agent.post(`/grants/${id}/revoke/confirmed`, { version: '1', ...why, ...fields })).status).toBe(status);
    expect((await find(id))?.status).toBe('active');
  });

  it.each(['/revoke/preview', '/revoke/confirmed'])('is not for a viewer: %s', async (path) => {
    const id = await aGrant();
    const answer = await staff.viewer.post(`/grants/${id}${path}`, { version: '1', ...why });
    expect([answer.status, headingOf(answer)]).toEqual([403, 'Your role does not allow this']);
    expect((await find(id))?.status).toBe('active');
  });

  it('has no opposite: nothing here gives a grant more', async () => {
    const id = await aGrant({ status: 'revoked' });
    for (const step of ['restore', 'accounts', 'extend', 'activate', '']) expect((await staff.supervisor.post(`/grants/${id}/${step}`, { version: '1' })).status).toBeGreaterThanOrEqual(404);
    expect(await find(id)).toMatchObject({ status: 'revoked', version: 1 });
  });
});

describe('ending all grants of a client', () => {
  const ask = (person: Person, client = 'lender') => person.post(`/clients/fapi2/${client}/end/ask`, why);
  const openId = async (client: string): Promise<string> => ((await opened.pool.query('SELECT id FROM assent.bulk_revocation WHERE client_id = $1 AND decision IS NULL', [client])).rows as { id: string }[])[0]!.id;

  it('takes a second person, who is a supervisor', async () => {
    const ids = await Promise.all(Array.from({ length: 3 }, () => aGrant({ clientId: 'lender' })));
    const others = await aGrant();
    expect((await ask(staff.viewer)).status).toBe(403);
    expect(headingOf(await ask(staff.supervisor))).toBe('Approval asked for');
    expect(headingOf(await ask(staff.agent))).toBe('Waiting for a second person');
    const id = await openId('lender');
    expect((await staff.agent.post(`/approvals/${id}/approve`, {})).status).toBe(403);
    const own = await staff.supervisor.post(`/approvals/${id}/approve`, {});
    expect([own.status, own.text]).toEqual([409, expect.stringContaining('You asked for this yourself')]);
    expect((await find(ids[0]!))?.status).toBe('active');

    const answers = await Promise.all(Array.from({ length: 4 }, () => staff.other.post(`/approvals/${id}/approve`, {})));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409]);
    for (const grant of ids) expect((await opened.stores.grants.history(grant)).filter(({ event }) => event === 'revoked')).toMatchObject([{ actor: { kind: 'staff', id: 'kim' }, reason: 'fraud' }]);
    expect((await find(others))?.status).toBe('active');
    const [line] = await auditOf('grant.revoked', `grant_id = '${ids[0]}'`);
    expect(line).toMatchObject({ detail: { bulk: id, staff: 'kim', asked_by: 'sam', ticket: 'CS-20418' } });
    const links = await opened.pool.query(`SELECT body FROM assent.grant_event WHERE grant_id = $1 AND type = 'grant.revoked'`, [ids[0]]);
    expect(JSON.parse((links.rows as { body: string }[])[0]!.body)).toMatchObject({ actor: { kind: 'staff', id: 'kim' }, request_id: id });
    expect(await auditOf('staff.bulk_asked')).toMatchObject([{ client_id: 'lender', detail: { staff: 'sam' } }]);
    expect(await auditOf('staff.bulk_approved')).toMatchObject([{ client_id: 'lender', detail: { staff: 'kim', asked_by: 'sam' } }]);
    expect((await staff.agent.get('/approvals')).text).toMatch(/Approved by <bdi>Name of kim<\/bdi>/);
  });

  it('does nothing when it is refused', async () => {
    const id = await aGrant({ clientId: 'lender' });
    await ask(staff.agent);
    expect((await staff.supervisor.post(`/approvals/${await openId('lender')}/refuse`, {})).status).toBe(303);
    expect((await find(id))?.status).toBe('active');
  });

  it('goes on where a process stopped in the middle, and ends nothing twice', async () => {
    const ids = await Promise.all(Array.from({ length: 3 }, () => aGrant({ clientId: 'lender' })));
    await ask(staff.agent);
    const id = await openId('lender');
    await opened.stores.bulkRevocations.decide({ id, decision: 'approved', decidedBy: 'kim', decidedName: 'Kim', now: systemClock.now() }, { type: 'staff.bulk_approved', issuer: configuration.issuer });
    await Promise.all([1, 2, 3].map(() => finishBulks({ stores: opened.stores, clock: systemClock })));
    for (const grant of ids) expect((await opened.stores.grants.history(grant)).filter(({ event }) => event === 'revoked')).toHaveLength(1);
    expect(await opened.stores.bulkRevocations.find(id)).toMatchObject({ finishedAt: expect.any(Date) as Date });
  });

  it('keeps clients of one id at two issuers apart, and says which is meant', async () => {
    const [first, second] = [configuration.issuer, configuration.issuer.replace('/fapi2', '/second')];
    const [here, there] = [await aGrant({ clientId: 'bulky' }), await newGrant(opened, second, { clientId: 'bulky' })];
    const { text } = await staff.agent.post('/search', { customer: '', grant: '', client: 'bulky', status: '' });
    for (const [name, issuer] of [['fapi2', first], ['second', second]] as const) expect(text).toMatch(new RegExp(`href="/clients/${name}/bulky/end"[^>]*>[^<]*End all grants of this client[^/]*\\(<bdi[^>]*>${issuer}</bdi>`));
    expect((await staff.agent.get('/clients/second/bulky/end')).text).toMatch(new RegExp(`It has 1 current grant\\.[\\s\\S]*${second}`));
    await staff.agent.post('/clients/second/bulky/end/ask', why);
    const { rows } = await opened.pool.query('SELECT id FROM assent.bulk_revocation WHERE client_id = $1 AND issuer = $2', ['bulky', second]);
    const { id } = (rows as { id: string }[])[0]!;
    expect((await staff.other.get(`/approvals/${id}`)).text).toContain(second);
    expect((await staff.other.post(`/approvals/${id}/approve`, {})).status).toBe(303);
    expect([(await find(here))?.status, (await find(there))?.status]).toEqual(['active', 'revoked']);
  });

  it.each(['own', 'nobody'])('knows no client %s', async (client) => {
    expect((await staff.agent.get(`/clients/fapi2/${client}/end`)).status).toBe(404);
  });
});
