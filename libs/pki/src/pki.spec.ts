import * as x509 from './x509.js';
import { execFile } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, webcrypto, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  answerOcsp, isIssuedBy, issueCertificate, issueCrl, keyPem, makeAuthority, newKey, ocspFailure, ocspRequest, openAuthority, readSigningRequest, serialText, verifyCrl, verifyOcsp,
  type Authority, type CertificateStatus, type NewRevocationList, type Purpose, type RevokedCertificate,
} from './index.js'; // prettier-ignore

const now = new Date('2026-11-20T12:00:00Z');
const after = (seconds: number): Date => new Date(now.getTime() + seconds * 1000);
const status = { crl: 'https://directory.test/crl/directory.crl', ocsp: 'https://directory.test/ocsp', issuer: 'https://directory.test/ca/directory.cer' };
const run = promisify(execFile);

let authority: Authority;
let stranger: Authority;
let leaf: X509Certificate;

const open = async (name: string): Promise<Authority> => {
  const made = await makeAuthority({ subject: [{ type: 'O', value: 'Test directory' }, { type: 'CN', value: name }], now, days: 3650 });
  return openAuthority(made.certificate, made.key);
};
const issue = async (purpose: Purpose = 'transport', by = authority): Promise<X509Certificate> => {
  const subject = [{ type: 'C', value: 'BR' }, { type: 'organizationIdentifier', value: 'OFBBR-74e929d9' }, { type: 'UID', value: '10120340' }, { type: 'CN', value: 'tpp.example' }];
  return issueCertificate({ subject, publicKey: createPublicKey(await newKey('ec')), purpose, hosts: ['tpp.example'], notAfter: after(86_400), now, status }, by);
};
const aList = (revoked: readonly RevokedCertificate[], changes: Partial<NewRevocationList> = {}, by = authority): Promise<Buffer> =>
  issueCrl({ number: 41, thisUpdate: now, nextUpdate: after(600), revoked, ...changes }, by);

beforeAll(async () => {
  [authority, stranger] = await Promise.all([open('One'), open('One')]);
  leaf = await issue();
});

describe('certificates', () => {
  it('carry the subject in its order, the purpose and where to ask for their status', () => {
    expect(leaf.subject.split('\n')).toEqual(['C=BR', expect.stringMatching(/=OFBBR-74e929d9$/), expect.stringMatching(/=10120340$/), 'CN=tpp.example']);
    expect([leaf.checkIssued(authority.certificate), leaf.verify(authority.certificate.publicKey), leaf.ca, leaf.checkHost('tpp.example')]).toEqual([true, true, false, 'tpp.example']);
    expect(leaf.keyUsage).toContain('1.3.6.1.5.5.7.3.2');
    expect(leaf.infoAccess).toContain(status.ocsp);
    const [points] = new x509.X509Certificate(new Uint8Array(leaf.raw)).getExtensions(x509.CRLDistributionPointsExtension);
    expect(JSON.stringify(points?.toTextObject())).toContain(status.crl);
  });

  it('for signatures and encryption are no TLS clients', async () => {
    for (const purpose of ['signing', 'encryption'] as const) expect((await issue(purpose)).keyUsage).toBeUndefined();
  });

  it.each(['#0c0141', '#', 'Evil "Bank" Ltd', 'A\\,UID=1', 'a+b,c', 'São "x'])('say what somebody calls himself, letter by letter: %s', async (name) => {
    const { subject } = await issueCertificate({ subject: [{ type: 'O', value: name }, { type: 'CN', value: name }], publicKey: createPublicKey(await newKey('ec')), purpose: 'transport', notAfter: after(60), now, status }, authority);
    expect(subject.replaceAll('\\', '')).toBe(`O=${name}\nCN=${name}`.replaceAll('\\', ''));
  });

  it('are refused to weak keys', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    await expect(issueCertificate({ subject: [{ type: 'CN', value: 'x' }], publicKey: weak, purpose: 'signing', notAfter: after(60), now, status }, authority)).rejects.toMatchObject({ name: 'UnfitKeyError' });
  });

  it('come from an authority whose key and certificate belong together', async () => {
    const other = await makeAuthority({ subject: [{ type: 'CN', value: 'Other' }], now, days: 1 });
    const pem = authority.certificate.toString();
    expect(() => openAuthority(pem, other.key)).toThrow('not that of its certificate');
    expect(() => openAuthority(leaf.toString(), other.key)).toThrow('not one of an authority');
    expect(() => openAuthority('nonsense', other.key)).toThrow('cannot be read');
  });
});

describe('readSigningRequest', () => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const request = async (): Promise<{ pem: string; keys: webcrypto.CryptoKeyPair }> => {
    const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
    return { keys, pem: (await x509.Pkcs10CertificateRequestGenerator.create({ name: 'CN=anything', keys: keys as never, signingAlgorithm: algorithm })).toString('pem') };
  };

  it('gives the key its sender has', async () => {
    const { pem, keys } = await request();
    const spki = Buffer.from(await webcrypto.subtle.exportKey('spki', keys.publicKey));
    expect((await readSigningRequest(pem)).export({ type: 'spki', format: 'der' })).toEqual(spki);
  });

  it('refuses one whose signature was altered, and what is none', async () => {
    const der = Buffer.from(x509.PemConverter.decodeFirst((await request()).pem));
    der[der.length - 1]! ^= 1;
    for (const pem of [x509.PemConverter.encode(der, 'CERTIFICATE REQUEST'), '', 'x'.repeat(20_000), leaf.toString(), '-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----']) {
      await expect(readSigningRequest(pem)).rejects.toMatchObject({ name: 'SigningRequestError' });
    }
  });
});

describe('revocation lists', () => {
  const revoked: readonly RevokedCertificate[] = [{ serial: '00ab12', revokedAt: now, reason: 'keyCompromise' }, { serial: 'ff01', revokedAt: now, reason: 'unspecified' }];

  it('are read as they were made', async () => {
    const list = verifyCrl(await aList(revoked), [stranger.certificate, authority.certificate], now);
    expect([...list.revoked]).toEqual([['ab12', 'keyCompromise'], ['ff01', 'unspecified']]);
    expect([list.authority.fingerprint256, list.thisUpdate, list.nextUpdate, list.number]).toEqual([authority.certificate.fingerprint256, now, after(600), 41n]);
  });

  it('may be PEM, empty, long, or numbered high', async () => {
    const der = await aList([]);
    const pem = `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----\n`;
    expect(verifyCrl(Buffer.from(pem), [authority.certificate], now).revoked.size).toBe(0);
    const many = Array.from({ length: 400 }, (_, index) => ({ serial: (0x100000 + index).toString(16), revokedAt: now, reason: 'superseded' as const }));
    expect(verifyCrl(await aList(many, { number: now.getTime() }), [authority.certificate], now)).toMatchObject({ number: BigInt(now.getTime()), revoked: { size: 400 } });
  });

  it.each<[string, () => Promise<Buffer>]>([
    ['of another authority with the same name', () => aList(revoked, {}, stranger)],
    ['that was altered', async () => { const bytes = await aList(revoked); bytes[bytes.indexOf(Buffer.from('ab12', 'hex')) + 1]! ^= 1; return bytes; }],
    ['of the future', () => aList(revoked, { thisUpdate: after(3600), nextUpdate: after(7200) })],
    ['without an end', async () => Buffer.from((await x509.X509CrlGenerator.create({ issuer: 'O=Test directory, CN=One', thisUpdate: now, signingKey: (await webKey()) as never, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } as never })).rawData)],
    ['that goes on after its end', async () => Buffer.concat([await aList(revoked), Buffer.of(5, 0)])],
    ['that is none', async () => Buffer.from('<html>')],
    ['that is a certificate', async () => leaf.raw],
    ['with a critical extension nobody knows', async () => Buffer.from((await x509.X509CrlGenerator.create({ issuer: 'O=Test directory, CN=One', thisUpdate: now, nextUpdate: after(60), signingKey: (await webKey()) as never, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } as never, extensions: [new x509.Extension('2.5.29.27', true, Buffer.from('020101', 'hex'))] })).rawData)],
  ])('are refused %s', async (_, make) => {
    const bytes = await make();
    expect(() => verifyCrl(bytes, [authority.certificate], now)).toThrow(expect.objectContaining({ name: 'CrlError' }) as Error);
  }); // prettier-ignore

  it('are refused from a certificate that is no authority, or out of its dates', async () => {
    const bytes = await aList(revoked);
    expect(() => verifyCrl(bytes, [leaf], now)).toThrow('no authority');
    expect(() => verifyCrl(bytes, [authority.certificate], after(3651 * 86_400))).toThrow('no authority');
  });

  const webKey = (): Promise<webcrypto.CryptoKey> => webcrypto.subtle.importKey('pkcs8', authority.key.export({ type: 'pkcs8', format: 'der' }), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
});

describe('OCSP', () => {
  const nonce = Buffer.from('0123456789abcdef0123456789abcdef', 'hex');
  const answering = (request: Buffer, says: CertificateStatus | undefined, by = authority): Promise<Buffer> =>
    answerOcsp(request, { authority: by, now, nextUpdate: after(60), statusOf: async (serials) => new Map(says ? serials.map((serial) => [serial, says]) : []) });
  const asked = () => ({ certificate: leaf, authority: authority.certificate, nonce, now });

  it.each<[string, CertificateStatus | undefined, unknown]>([
    ['good', { status: 'good' }, { status: 'good' }],
    ['revoked', { status: 'revoked', at: now, reason: 'keyCompromise' }, { status: 'revoked', at: now, reason: 'keyCompromise' }],
    ['revoked without a reason', { status: 'revoked', at: now, reason: 'unspecified' }, { status: 'revoked', at: now, reason: 'unspecified' }],
    ['unknown', undefined, { status: 'unknown' }],
  ])('says %s', async (_, says, expected) => {
    const answer = await answering(ocspRequest(leaf, authority.certificate, nonce), says);
    expect(verifyOcsp(answer, asked())).toEqual({ status: expected, thisUpdate: now, nextUpdate: after(60) });
  });

  it('needs no nonce, and tells an answer to another question', async () => {
    const plain = await answering(ocspRequest(leaf, authority.certificate), { status: 'good' });
    expect(verifyOcsp(plain, asked()).status).toEqual({ status: 'good' });
    const other = await answering(ocspRequest(leaf, authority.certificate, Buffer.alloc(16, 7)), { status: 'good' });
    expect(() => verifyOcsp(other, asked())).toThrow('another question');
  });

  it('is believed from the authority alone', async () => {
    const forged = await answering(ocspRequest(leaf, stranger.certificate), { status: 'good' }, stranger);
    expect(() => verifyOcsp(forged, asked())).toThrow(expect.objectContaining({ name: 'OcspError' }) as Error);
    const altered = await answering(ocspRequest(leaf, authority.certificate), { status: 'revoked', at: now, reason: 'superseded' });
    altered[altered.length - 1]! ^= 1;
    expect(() => verifyOcsp(altered, asked())).toThrow(expect.objectContaining({ name: 'OcspError' }) as Error);
  });

  it('counts only about the certificate and for its time', async () => {
    const other = await issue();
    const answer = await answering(ocspRequest(other, authority.certificate), { status: 'good' });
    expect(() => verifyOcsp(answer, asked())).toThrow('another certificate');
    const old = await answering(ocspRequest(leaf, authority.certificate), { status: 'good' });
    expect(() => verifyOcsp(old, { ...asked(), now: after(61) })).toThrow('not of now');
    expect(() => verifyOcsp(old, { ...asked(), now: after(-3600) })).toThrow('not of now');
  });

  it('without an end, counts when it was made now or for this question', async () => {
    const endless = async (more?: Buffer): Promise<Buffer> => answerOcsp(ocspRequest(leaf, authority.certificate, more), { authority, now, statusOf: async (serials) => new Map(serials.map((serial) => [serial, { status: 'good' }])) });
    const recorded = await endless();
    expect(verifyOcsp(recorded, asked())).toEqual({ status: { status: 'good' }, thisUpdate: now, nextUpdate: undefined });
    // Recorded before the certificate was revoked, and played back.
    expect(() => verifyOcsp(recorded, { ...asked(), now: after(3600) })).toThrow('not of now');
    expect(verifyOcsp(await endless(nonce), { ...asked(), now: after(3600) }).status).toEqual({ status: 'good' });
  });

  it('refuses what it is not asked rightly, without a signature', async () => {
    const failing = async (request: Buffer, by = authority): Promise<string> => {
      try {
        verifyOcsp(await answering(request, { status: 'good' }, by), asked());
        return 'good';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(await failing(Buffer.from('junk'))).toContain('malformedRequest');
    expect(await failing(Buffer.alloc(0))).toContain('malformedRequest');
    expect(await failing(ocspRequest(leaf, authority.certificate), stranger)).toContain('unauthorized');
    expect(() => verifyOcsp(ocspFailure('tryLater'), asked())).toThrow('tryLater');
    expect(() => verifyOcsp(Buffer.from('<html>'), asked())).toThrow('cannot be read');
  });
});

/** The command may be missing where the tests run. */
const openssl = await run('openssl', ['version']).then(() => true, () => false);
(openssl ? describe : describe.skip)('as OpenSSL sees it', () => {
  let folder: string;
  const at = (name: string): string => join(folder, name);
  const told = async (...args: string[]): Promise<string> => {
    const { stdout, stderr } = await run('openssl', args).catch((error: { stdout: string; stderr: string }) => error);
    return stdout + stderr;
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assent-pki-'));
    await writeFile(at('ca.pem'), authority.certificate.toString());
    await writeFile(at('ca.key'), keyPem(authority.key));
    await writeFile(at('leaf.pem'), leaf.toString());
    await writeFile(at('good.crl'), await aList([]));
    await writeFile(at('bad.crl'), await aList([{ serial: serialText(leaf.serialNumber), revokedAt: now, reason: 'keyCompromise' }]));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  const moment = String(after(30).getTime() / 1000);

  it('the certificate stands, unless the list says otherwise', async () => {
    const verify = (crl: string): Promise<string> => told('verify', '-attime', moment, '-crl_check', '-CRLfile', at(crl), '-CAfile', at('ca.pem'), '-purpose', 'sslclient', at('leaf.pem'));
    expect(await verify('good.crl')).toContain('leaf.pem: OK');
    expect(await verify('bad.crl')).toContain('certificate revoked');
  });

  it('the list is sound', async () => {
    const text = await told('crl', '-inform', 'DER', '-in', at('bad.crl'), '-noout', '-text', '-CAfile', at('ca.pem'), '-verify');
    expect(text).toContain('verify OK');
    expect(text).toContain('Key Compromise');
    expect(text).toMatch(/CRL Number:\s+41/);
  });

  it('requests and answers about status are sound', async () => {
    await told('ocsp', '-issuer', at('ca.pem'), '-cert', at('leaf.pem'), '-reqout', at('request.der'));
    const answer = await answerOcsp(await readFile(at('request.der')), { authority, now: new Date(), nextUpdate: new Date(Date.now() + 60_000), statusOf: async (serials) => new Map(serials.map((serial) => [serial, { status: 'revoked', at: now, reason: 'superseded' }])) });
    await writeFile(at('answer.der'), answer);
    const text = await told('ocsp', '-issuer', at('ca.pem'), '-cert', at('leaf.pem'), '-no_nonce', '-respin', at('answer.der'), '-CAfile', at('ca.pem'));
    expect(text).toContain('Response verify OK');
    // The nonce of its own request comes back.
    expect(await told('ocsp', '-issuer', at('ca.pem'), '-reqin', at('request.der'), '-respin', at('answer.der'), '-CAfile', at('ca.pem'))).toContain('Response verify OK');
    expect(text).toMatch(/leaf\.pem: revoked[\s\S]*Reason: superseded/);
    await writeFile(at('ours.der'), ocspRequest(leaf, authority.certificate, Buffer.alloc(16, 1)));
    expect(await told('ocsp', '-reqin', at('ours.der'), '-req_text', '-noverify', '-respin', at('answer.der'))).toContain('OCSP Nonce');
  });

  it('its own answers are verified here', async () => {
    const serial = leaf.serialNumber.toUpperCase();
    await writeFile(at('index.txt'), `R\t351231235959Z\t261120120000Z,superseded\t${serial}\tunknown\t/CN=x\n`);
    await writeFile(at('index.txt.attr'), 'unique_subject = no\n');
    await writeFile(at('question.der'), ocspRequest(leaf, authority.certificate, Buffer.alloc(16, 1)));
    await told('ocsp', '-index', at('index.txt'), '-CA', at('ca.pem'), '-rsigner', at('ca.pem'), '-rkey', at('ca.key'), '-reqin', at('question.der'), '-respout', at('theirs.der'), '-nmin', '5');
    const real = new Date();
    expect(verifyOcsp(await readFile(at('theirs.der')), { certificate: leaf, authority: authority.certificate, nonce: Buffer.alloc(16, 1), now: real }).status).toMatchObject({ status: 'revoked', reason: 'superseded' });
  });
});

it('knows who issued a certificate', () => {
  expect([isIssuedBy(leaf, authority.certificate), isIssuedBy(leaf, stranger.certificate), isIssuedBy(leaf, leaf)]).toEqual([true, false, false]);
});
