import type { RevocationCheckConfig } from '@assent/config';
import { readCertificate } from '@assent/crypto';
import { answerOcsp, issueCertificate, issueCrl, makeAuthority, newKey, openAuthority, serialText, type Authority, type CertificateStatus, type RevokedCertificate } from '@assent/pki';
import { loadTrustStore } from '@assent/crypto';
import type { AuditEvent } from '@assent/protocol';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ask } from '../fixtures/exchange.js';
import { startApp } from '../start-app.js';
import { createLog } from '../log.js';
import type { PresentedChain, RevocationCheck } from './check.js';
import { RevocationGate } from './gate.js';
import { RevocationLists } from './lists.js';
import { OcspCheck } from './ocsp-check.js';

const start = new Date('2026-11-20T12:00:00Z');
const clock = { ahead: 0, now: () => new Date(start.getTime() + clock.ahead * 1000) };
const after = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);
const log = createLog({ app: 'test', level: 'silent' });
const configured = (changes: Partial<RevocationCheckConfig> = {}): RevocationCheckConfig => ({ mode: 'crl', crls: ['one.crl'], softFail: false, refreshSeconds: 1, ...changes });

let authority: Authority;
let other: Authority;
let leaf: X509Certificate;
let foreign: X509Certificate;
let elsewhere: X509Certificate;
const open = async (name: string): Promise<Authority> => {
  const made = await makeAuthority({ subject: [{ type: 'CN', value: name }], now: start, days: 3650 });
  return openAuthority(made.certificate, made.key);
};
const issue = async (by: Authority, ocsp = 'https://responder.test/ocsp'): Promise<X509Certificate> =>
  issueCertificate({ subject: [{ type: 'CN', value: 'tpp' }], publicKey: createPublicKey(await newKey('ec')), purpose: 'transport', now: start, notAfter: after(86_400), status: { crl: 'https://x.test/crl', ocsp, issuer: 'https://x.test/ca' } }, by);
beforeAll(async () => {
  [authority, other] = await Promise.all([open('One'), open('Two')]);
  [leaf, foreign, elsewhere] = await Promise.all([issue(authority), issue(other), issue(await open('Three'))]);
});
const closing: RevocationCheck[] = [];
beforeEach(() => void (clock.ahead = 0));
afterEach(async () => void (await Promise.all(closing.splice(0).map((one) => one.close()))));

const chain = (certificate: X509Certificate, ...intermediates: X509Certificate[]): PresentedChain => ({
  certificate: readCertificate(certificate.raw, { trustedRoots: loadTrustStore([authority.certificate.toString(), other.certificate.toString()]), now: start }),
  intermediates: intermediates.map(({ raw }) => raw),
});
const entry = (certificate: X509Certificate): RevokedCertificate => ({ serial: serialText(certificate.serialNumber), revokedAt: start, reason: 'keyCompromise' });
let number = 0;
const list = (revoked: readonly RevokedCertificate[], from = 0, by = authority): Promise<Buffer> => issueCrl({ number: (number += 1), thisUpdate: after(from), nextUpdate: after(from + 60), revoked }, by);

describe('revocation lists', () => {
  const opened = async (files: Record<string, Buffer | Error>, changes: Partial<RevocationCheckConfig> = {}): Promise<RevocationLists> => {
    const read = async (name: string): Promise<Buffer> => {
      const found = files[name] ?? new Error('no such file');
      if (found instanceof Error) throw found;
      return found;
    };
    const lists = await RevocationLists.open({ config: configured({ crls: Object.keys(files), ...changes }), authorities: [authority.certificate, other.certificate], read, clock, log });
    closing.push(lists);
    return lists;
  };

  it('refuse what they name, and nothing else', async () => {
    const lists = await opened({ 'one.crl': await list([entry(leaf)]), 'two.crl': await list([], 0, other) });
    expect(lists.judge(chain(leaf))).toEqual({ verdict: 'revoked', reason: 'keyCompromise' });
    expect([lists.judge(chain(foreign)), lists.judge(chain(elsewhere))]).toEqual([{ verdict: 'good' }, { verdict: 'good' }]);
    await expect(lists.ready()).resolves.toBeUndefined();
  });

  it('reach certificates that were sent along', async () => {
    const lists = await opened({ 'one.crl': await list([entry(leaf)]) });
    expect(lists.judge(chain(foreign, leaf)).verdict).toBe('revoked');
    expect(lists.judge({ ...chain(foreign), intermediates: [Buffer.from('junk')] }).verdict).toBe('good');
  });

  it('are fetched again, so that a revocation is known within the time configured', async () => {
    const files: Record<string, Buffer> = { 'one.crl': await list([]) };
    const lists = await opened(files);
    expect(lists.judge(chain(leaf)).verdict).toBe('good');
    files['one.crl'] = await list([entry(leaf)], 1);
    for (let waited = 0; waited < 100 && lists.judge(chain(leaf)).verdict === 'good'; waited += 1) await sleep(50);
    expect(lists.judge(chain(leaf)).verdict).toBe('revoked');
  });

  it('that are missing leave open whom they speak of', async () => {
    const lists = await opened({ 'one.crl': new Error('unreachable'), 'two.crl': await list([], 0, other) });
    expect([lists.judge(chain(leaf)), lists.judge(chain(foreign))]).toEqual([{ verdict: 'unknown', why: 'a revocation list is missing' }, { verdict: 'good' }]);
    await expect(lists.ready()).rejects.toThrow();
  });

  it('that have passed their end say nothing but who was revoked', async () => {
    const lists = await opened({ 'one.crl': await list([entry(leaf)]) });
    const another = await issue(authority);
    clock.ahead = 61;
    expect([lists.judge(chain(another)), lists.judge(chain(leaf)).verdict]).toEqual([{ verdict: 'unknown', why: 'the revocation list of its authority has passed its end' }, 'revoked']);
    await expect(lists.ready()).rejects.toThrow();
  });

  it.each<[string, () => Promise<Buffer>]>([
    ['forged', async () => list([], 5, await open('One'))],
    ['older', () => list([], -30)],
    ['past', () => list([], -120)],
    ['no list', async () => Buffer.from('<html>')],
  ])('are not replaced by one that is %s', async (_, make) => {
    const files: Record<string, Buffer> = { 'one.crl': await list([entry(leaf)]) };
    const lists = await opened(files);
    files['one.crl'] = await make();
    await sleep(1200);
    expect(lists.judge(chain(leaf)).verdict).toBe('revoked');
  });
});

describe('OCSP', () => {
  const opened = async (says: CertificateStatus | Error, answers: { count: number } = { count: 0 }, by = authority): Promise<OcspCheck> => {
    const ask = async (_url: string, question: Buffer): Promise<Buffer> => {
      answers.count += 1;
      await sleep(10);
      if (says instanceof Error) throw says;
      return answerOcsp(question, { authority: by, now: clock.now(), nextUpdate: new Date(clock.now().getTime() + 600_000), statusOf: async (serials) => new Map(serials.map((one) => [one, says])) });
    };
    const check = await OcspCheck.open({ config: configured({ mode: 'ocsp', refreshSeconds: 30 }), authorities: [authority.certificate, other.certificate], ask, clock, log });
    closing.push(check);
    return check;
  };

  it('is believed for its time, and asked once for many', async () => {
    const answers = { count: 0 };
    const check = await opened({ status: 'good' }, answers);
    expect(await Promise.all(Array.from({ length: 5 }, () => check.judge(chain(leaf))))).toEqual(Array(5).fill({ verdict: 'good' }));
    expect([await check.judge(chain(leaf)), answers.count]).toEqual([{ verdict: 'good' }, 1]);
    clock.ahead = 31;
    await check.judge(chain(leaf));
    expect(answers.count).toBe(2);
  });

  it('refuses what was revoked, and what its authority does not know', async () => {
    expect(await (await opened({ status: 'revoked', at: start, reason: 'superseded' })).judge(chain(leaf))).toEqual({ verdict: 'revoked', reason: 'superseded' });
    expect(await (await opened({ status: 'unknown' })).judge(chain(leaf))).toEqual({ verdict: 'revoked', reason: 'unknown to its authority' });
  });

  it('is left open by silence and by forgeries, and asked again soon', async () => {
    const answers = { count: 0 };
    const check = await opened(new Error('unreachable'), answers);
    expect(await check.judge(chain(leaf))).toEqual({ verdict: 'unknown', why: 'its authority does not answer' });
    await check.judge(chain(leaf));
    clock.ahead = 2;
    await check.judge(chain(leaf));
    expect(answers.count).toBe(2);
    const forged = await opened({ status: 'good' }, { count: 0 }, other);
    expect((await forged.judge(chain(leaf))).verdict).toBe('unknown');
  });

  it('is an authority between root and client, too, which came along', async () => {
    const between = await open('Between');
    const far = await issue(between);
    const presented = (...along: Buffer[]): PresentedChain => ({ certificate: readCertificate(far.raw, { chainTrusted: true, now: start }), intermediates: along });
    const revoked = await opened({ status: 'revoked', at: start, reason: 'keyCompromise' }, { count: 0 }, between);
    expect(await revoked.judge(presented(Buffer.from('junk'), other.certificate.raw, between.certificate.raw))).toEqual({ verdict: 'revoked', reason: 'keyCompromise' });
    const lying = await opened({ status: 'good' }, { count: 0 }, other);
    expect((await lying.judge(presented(between.certificate.raw, other.certificate.raw))).verdict).toBe('unknown');
    expect(await lying.judge({ ...presented(other.certificate.raw), certificate: { ...presented().certificate, thumbprint: 'another' } })).toEqual({ verdict: 'unknown', why: 'its authority is not known here' });
  });

  it('is not asked where nobody trusted names an address', async () => {
    const answers = { count: 0 };
    const check = await opened(new Error('unreachable'), answers);
    const plain = await issue(authority, 'ldap://responder.test/');
    expect([await check.judge(chain(elsewhere)), await check.judge(chain(plain)), answers.count]).toEqual([{ verdict: 'good' }, { verdict: 'good' }, 0]);
  });
});

describe('a server', () => {
  it('asks about certificates that come in a header of its proxy, before any handler', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assent-revocation-'));
    const at = (name: string): string => join(folder, name);
    const real = new Date();
    const mine = await issueCertificate({ subject: [{ type: 'CN', value: 'tpp' }], publicKey: createPublicKey(await newKey('ec')), purpose: 'transport', now: real, notAfter: new Date(real.getTime() + 60_000), status: { crl: 'https://x.test/crl', ocsp: 'https://x.test/ocsp', issuer: 'https://x.test/ca' } }, authority);
    const fresh = (revoked: readonly RevokedCertificate[]): Promise<Buffer> => issueCrl({ number: 1, thisUpdate: real, nextUpdate: new Date(real.getTime() + 60_000), revoked }, authority);
    await writeFile(at('ca.pem'), authority.certificate.toString());
    const asked = async (revoked: readonly RevokedCertificate[]) => {
      await writeFile(at('one.crl'), await fresh(revoked));
      const app = await startApp({
        server: { publicUrl: 'https://rs.test', listeners: [{ kind: 'plain', host: '127.0.0.1', port: 0 }], proxy: { trustedAddresses: ['127.0.0.1'], clientCertificateHeader: 'rfc9440' } },
        tls: { certificateFile: undefined, keyFile: undefined, clientAuthorityFiles: [at('ca.pem')], serverAuthorityFiles: [], revocation: configured({ crls: [at('one.crl')] }) },
        mode: 'production', log, refuseRevokedAs: 'token', routes: (fastify) => void fastify.get('/', async () => 'in'),
      }); // prettier-ignore
      try {
        const [port = 0] = app.ports;
        const answers = [await ask({ port, plain: true, headers: { 'client-cert': `:${mine.raw.toString('base64')}:` } }), await ask({ port, plain: true })];
        return answers.map(({ status, json }) => [status, json['error']]);
      } finally {
        await app.close();
      }
    };
    expect(await asked([])).toEqual([[200, undefined], [200, undefined]]);
    expect(await asked([entry(mine)])).toEqual([[401, 'invalid_token'], [200, undefined]]);
    await rm(folder, { recursive: true });
  });
});

describe('the gate', () => {
  const gate = (check: Partial<RevocationCheck>, softFail = false, refuseAs: 'client' | 'token' = 'client') => {
    const events: AuditEvent[] = [];
    const all = { judge: () => ({ verdict: 'good' }) as const, ready: async () => undefined, close: async () => undefined, ...check };
    return { events, gate: new RevocationGate({ check: all, softFail, server: 'https://as.test', refuseAs, audit: { append: async (event) => void events.push(event) }, clock, log }) };
  };
  const revoked = { judge: () => ({ verdict: 'revoked', reason: 'keyCompromise' }) as const };
  const untold = { judge: () => ({ verdict: 'unknown', why: 'a list is missing' }) as const };

  it('refuses a revoked certificate, audited once a minute', async () => {
    const { gate: one, events } = gate(revoked, true);
    for (let count = 0; count < 3; count += 1) await expect(one.admit(chain(leaf), 'r-1')).rejects.toMatchObject({ code: 'invalid_client', status: 401, rule: 'ASSENT-MTLS-01' });
    expect(events).toEqual([{ type: 'certificate.refused', issuer: 'https://as.test', requestId: 'r-1', rule: 'ASSENT-MTLS-01', detail: { thumbprint: chain(leaf).certificate.thumbprint, subject: 'CN=tpp', reason: 'keyCompromise' } }]);
    clock.ahead = 61;
    await expect(one.admit(chain(leaf), 'r-2')).rejects.toThrow();
    expect(events).toHaveLength(2);
  });

  it('says it as the protocol of the server does', async () => {
    await expect(gate(revoked, false, 'token').gate.admit(chain(leaf), 'r')).rejects.toMatchObject({ code: 'invalid_token', status: 401, headers: { 'WWW-Authenticate': expect.stringContaining('error="invalid_token"') as string } });
  });

  it('holds what cannot be told, unless it may not', async () => {
    await expect(gate(untold).gate.admit(chain(leaf), 'r')).rejects.toMatchObject({ code: 'temporarily_unavailable', status: 503, rule: 'ASSENT-MTLS-02', headers: { 'Retry-After': '2' } });
    await expect(gate(untold, true).gate.admit(chain(leaf), 'r')).resolves.toBeUndefined();
    await expect(gate({}).gate.admit(chain(leaf), 'r')).resolves.toBeUndefined();
  });
});
