import { randomBytes, randomUUID } from 'node:crypto';
import type { AuditEvent } from '@assent/protocol';
import { openDatabase, type Database } from '../database.js';
import { startDatabase, type TestDatabase } from '../embedded/test-database.js';
import { openDirectoryStore, rolesInForce, standingOf, type CertificatePurpose, type DirectoryStore, type IssuedCertificate, type NewSoftware } from './index.js';

const now = new Date('2026-11-20T12:00:00Z');
const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const audit = (type: string): AuditEvent => ({ type, issuer: 'https://directory.test', requestId: randomUUID() });

let server: TestDatabase;
let database: Database;
let store: DirectoryStore;
beforeAll(async () => {
  server = await startDatabase();
  database = await openDatabase({ url: server.url, poolSize: 6 });
  store = openDirectoryStore(database, { now: () => now });
}, 60_000);
afterAll(async () => {
  await database?.close();
  await server?.stop();
});

const audited = async (event: AuditEvent): Promise<number> => (await database.pool.query('SELECT 1 FROM assent.audit_event WHERE request_id = $1 AND type = $2', [event.requestId, event.type])).rowCount ?? 0;

async function anOrganisation(): Promise<string> {
  const id = randomUUID();
  await store.addOrganisation({ id, legalName: 'Tally Software Ltd', country: 'BR', registerNumber: id, roles: [{ market: 'samba', role: 'DADOS', status: 'active' }, { market: 'samba', role: 'PAGTO', status: 'suspended' }] }, now, audit('organisation.created'));
  return id;
}
const wanted = (organisationId: string): NewSoftware => ({ id: randomUUID(), organisationId, roles: [{ market: 'samba', role: 'DADOS' }, { market: 'samba', role: 'PAGTO' }], metadata: { client_name: 'Tally', redirect_uris: ['https://tally.example/cb'] }, apiKeyHash: randomBytes(32) });
async function aSoftware(): Promise<NewSoftware> {
  const software = wanted(await anOrganisation());
  expect(await store.addSoftware(software, now, audit('software.created'))).toBe(true);
  return software;
}
async function aCertificate(softwareId: string, purpose: CertificatePurpose = 'transport'): Promise<IssuedCertificate> {
  const serial = `40${randomBytes(15).toString('hex')}`;
  const jwk = purpose === 'transport' ? undefined : { kty: 'EC', kid: serial };
  const certificate: IssuedCertificate = { serial, softwareId, purpose, market: 'samba', subject: 'CN=x', thumbprint: randomBytes(32).toString('base64url'), der: randomBytes(10), jwk, issuedAt: now, notAfter: after(3600), revoked: undefined };
  expect(await store.addCertificate(certificate, audit('certificate.issued'))).toBe(true);
  return certificate;
}

describe('organisations and software', () => {
  it('are kept once for each register number, and audited', async () => {
    const one = { id: randomUUID(), legalName: 'A', country: 'GB', registerNumber: '812345', roles: [] };
    const [first, second] = [audit('organisation.created'), audit('organisation.created')];
    expect([await store.addOrganisation(one, now, first), await store.addOrganisation({ ...one, id: randomUUID() }, now, second)]).toEqual([true, false]);
    expect([await audited(first), await audited(second)]).toEqual([1, 0]);
    expect(await store.organisation(one.id)).toMatchObject({ legalName: 'A', country: 'GB', status: 'active', createdAt: now });
  });

  it('are found by id, by key, by organisation and by market', async () => {
    const software = await aSoftware();
    const found = await store.softwareByKey(software.apiKeyHash);
    expect(found).toMatchObject({ id: software.id, metadata: software.metadata, organisation: { id: software.organisationId, statusSince: now } });
    expect(await store.software(software.id)).toEqual(found);
    expect((await store.softwares({ organisationId: software.organisationId })).map(({ id }) => id)).toEqual([software.id]);
    expect((await store.softwares({ market: 'samba' })).map(({ id }) => id)).toContain(software.id);
    expect(await store.softwares({ market: 'tango' })).toEqual([]);
    const page = { market: 'samba', after: software.id.slice(0, -1), count: 1 };
    expect([(await store.participants(page)).map(({ id }) => id), (await store.participants({ ...page, after: software.id })).map(({ id }) => id)]).toEqual([[software.id], expect.not.arrayContaining([software.id])]);
    expect([await store.software('nobody'), await store.softwareByKey(randomBytes(32))]).toEqual([undefined, undefined]);
  });

  it('have the roles that their organisation has in force', async () => {
    const found = await store.software((await aSoftware()).id);
    expect(rolesInForce(found!)).toEqual([{ market: 'samba', role: 'DADOS' }]);
  });

  it('stand no better than their organisation; revoked is for good', async () => {
    const { id, organisationId } = await aSoftware();
    const set = (status: 'active' | 'suspended' | 'revoked') => store.setOrganisationStanding(organisationId, status, after(5), audit('organisation.changed'));
    const stands = async () => standingOf((await store.software(id))!);
    expect([await set('active'), await set('suspended'), await stands()]).toEqual([false, true, 'suspended']);
    expect([await set('active'), await stands()]).toEqual([true, 'active']);
    expect([await set('revoked'), await set('active'), await stands()]).toEqual([true, false, 'revoked']);
  });

  it('are not taken in by an organisation that does not stand', async () => {
    const organisationId = await anOrganisation();
    await store.setOrganisationStanding(organisationId, 'suspended', now, audit('organisation.changed'));
    const event = audit('software.created');
    expect([await store.addSoftware(wanted(organisationId), now, event), await store.addSoftware(wanted('nobody'), now, event), await audited(event)]).toEqual([false, false, 0]);
  });

  it('change', async () => {
    const software = await aSoftware();
    const metadata = { ...software.metadata, client_name: 'Tally 2' };
    expect(await store.setSoftware(software.id, { roles: [], metadata }, audit('software.changed'))).toBe(true);
    expect(await store.setOrganisationRoles(software.organisationId, [], audit('organisation.changed'))).toBe(true);
    expect(await store.software(software.id)).toMatchObject({ roles: [], metadata, organisation: { roles: [] } });
  });
});

describe('certificates', () => {
  it('find their software while they are good', async () => {
    const { id } = await aSoftware();
    const { thumbprint, serial } = await aCertificate(id);
    const signing = await aCertificate(id, 'signing');
    const find = async (one = thumbprint, at = now) => (await store.softwareByCertificate(one, at))?.id;
    expect([await find(), await find(signing.thumbprint), await find(thumbprint, after(3601))]).toEqual([id, undefined, undefined]);
    expect(await store.revokeCertificate({ softwareId: id, serial, reason: 'superseded', now, audit: audit('certificate.revoked') })).toBe(true);
    expect(await find()).toBeUndefined();
  });

  it('are revoked once, by racers too, and by their own software only', async () => {
    const { id } = await aSoftware();
    const { serial } = await aCertificate(id);
    const revoke = (softwareId = id) => store.revokeCertificate({ softwareId, serial, reason: 'keyCompromise', now, audit: audit('certificate.revoked') });
    expect(await revoke('another')).toBe(false);
    expect((await Promise.all(Array.from({ length: 6 }, () => revoke()))).filter(Boolean)).toHaveLength(1);
    expect(await store.certificate(serial)).toMatchObject({ revoked: { at: now, reason: 'keyCompromise' } });
    expect(await store.statuses([serial, 'ff'])).toEqual(new Map([[serial, { serial, revokedAt: now, reason: 'keyCompromise' }]]));
  });

  it('of software that does not stand are held or ended, and its keys are gone', async () => {
    const { id, organisationId } = await aSoftware();
    const { serial } = await aCertificate(id);
    const { jwk } = await aCertificate(id, 'signing');
    const fate = async () => [(await store.statuses([serial])).get(serial), (await store.revocations(now)).find((one) => one.serial === serial)?.reason, await store.keys(id, now)];
    expect(await fate()).toEqual(['good', undefined, [jwk]]);
    await store.setSoftwareStanding(id, 'suspended', after(1), audit('software.changed'));
    expect(await fate()).toEqual([{ serial, revokedAt: after(1), reason: 'certificateHold' }, 'certificateHold', []]);
    await store.setSoftwareStanding(id, 'active', after(2), audit('software.changed'));
    expect(await fate()).toEqual(['good', undefined, [jwk]]);
    await store.setOrganisationStanding(organisationId, 'revoked', after(3), audit('organisation.changed'));
    expect(await fate()).toEqual([{ serial, revokedAt: after(3), reason: 'cessationOfOperation' }, 'cessationOfOperation', []]);
    expect((await store.revocations(after(3601))).map((one) => one.serial)).not.toContain(serial);
  });

  it('and statements are for software that stands, with racers who suspend it', async () => {
    const { id } = await aSoftware();
    const statement = () => store.addStatement({ jti: randomUUID(), softwareId: id, market: 'samba', issuedAt: now, expiresAt: after(60) }, audit('statement.issued'));
    expect(await statement()).toBe(true);
    const [suspended, ...rest] = await Promise.all([store.setSoftwareStanding(id, 'suspended', now, audit('software.changed')), statement(), statement(), statement()]);
    const { rows } = await database.pool.query<{ n: string }>('SELECT count(*) AS n FROM directory.statement WHERE software_id = $1', [id]);
    expect([suspended, Number(rows[0]!.n)]).toEqual([true, 1 + rest.filter(Boolean).length]);
    expect(await statement()).toBe(false);
  });
});

it('knows where banks are, each once', async () => {
  const bank = { id: randomUUID(), name: 'Harbour Bank', issuer: 'https://bank.test/samba', market: 'samba' };
  expect([await store.addAuthorisationServer(bank, now, audit('server.added')), await store.addAuthorisationServer({ ...bank, id: randomUUID() }, now, audit('server.added'))]).toEqual([true, false]);
  expect([await store.authorisationServers('samba'), await store.authorisationServers('tango')]).toEqual([[bank], []]);
  expect(await store.authorisationServers()).toEqual([bank]);
});

it('keeps sessions until they end', async () => {
  const [hash, other] = [randomBytes(32), randomBytes(32)];
  await store.startSession(hash, after(60), now, audit('directory.signed_in'));
  expect([await store.findSession(hash, now), await store.findSession(hash, after(61)), await store.findSession(other, now)]).toEqual([true, false, false]);
  await store.endSession(hash, audit('directory.signed_out'));
  expect(await store.findSession(hash, now)).toBe(false);
  await store.startSession(hash, after(60), now, audit('directory.signed_in'));
  await store.startSession(other, after(600), after(61), audit('directory.signed_in'));
  expect((await database.pool.query('SELECT 1 FROM directory.session')).rowCount).toBe(1);
});
