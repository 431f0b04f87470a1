import type { Client, PublicJwk } from '@assent/protocol';
import { importCertificateJwk } from '../jwks/public-key.js';
import { aCertificate, keysOn, rsaKeys, x509, type CertificateOrder, type Party } from '../spec-support/certificates.js';
import { aClient, after, now, refusalOf, vectors } from '../spec-support/fixtures.js';
import { readCertificate, type ClientCertificate } from './certificate.js';
import { ipText } from './extensions.js';
import { loadTrustStore } from './trust-store.js';
import { verifyTlsClientAuth } from './verify.js';

const published = vectors<{
  x5t_s256: { certificate_pem: string; jwk: PublicJwk; cnf: { 'x5t#S256': string }; subject_rfc4514: string };
  client_cert: { chain_pem: string[]; chain_subjects_rfc4514: string[] };
}>('mtls-certificates');
const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
const { keyCertSign, digitalSignature, cRLSign } = x509.KeyUsageFlags;
const san = (...names: x509.JsonGeneralNames) => new x509.SubjectAlternativeNameExtension(names);
const purpose = (...usages: string[]) => new x509.ExtendedKeyUsageExtension(usages as x509.ExtendedKeyUsageType[]);
const clientAuth = '1.3.6.1.5.5.7.3.2';
const serverAuth = '1.3.6.1.5.5.7.3.1';

const subject: x509.JsonName = [{ C: ['GB'] }, { O: ['Tally Ltd'] }, { CN: ['tally-budget'] }];
const rootName: x509.JsonName = [{ CN: ['Root'] }];

let root: Party;
let middle: Party;
beforeAll(async () => {
  root = await aCertificate({ subject: rootName, ca: true, keyUsage: keyCertSign | cRLSign });
  middle = await aCertificate({ subject: [{ CN: ['Middle'] }], issuer: root, ca: { pathLength: 0 }, keyUsage: keyCertSign });
});
const aLeaf = (order: Partial<CertificateOrder> = {}) => aCertificate({ subject, issuer: middle, ...order });

describe('readCertificate', () => {
  it('reads the example of RFC 8705', () => {
    const { certificate_pem, jwk, cnf, subject_rfc4514 } = published.x5t_s256;
    const certificate = readCertificate(derOf(certificate_pem), { now });
    expect(certificate).toMatchObject({ thumbprint: cnf['x5t#S256'], subjectDn: subject_rfc4514, chainTrusted: false, current: false });
    expect(certificate.publicKey.equals(importCertificateJwk(jwk).key)).toBe(true);
    expect(certificate.notAfter).toEqual(new Date('2022-05-02T12:37:09Z'));
  });

  it('proves the chain of RFC 9440 at its time', () => {
    const [leaf, ...intermediates] = published.client_cert.chain_pem.map(derOf) as [Buffer, ...Buffer[]];
    const trustedRoots = loadTrustStore([published.client_cert.chain_pem.at(-1) as string]);
    const at = new Date('2020-06-01T00:00:00Z');
    expect(readCertificate(leaf, { trustedRoots, intermediates, now: at })).toMatchObject({ chainTrusted: true, current: true, san: { email: ['bdc@example.com'], dns: [] } });
    expect(readCertificate(leaf, { trustedRoots, now: at }).chainTrusted).toBe(false);
    expect(readCertificate(leaf, { trustedRoots, intermediates, now })).toMatchObject({ chainTrusted: false, current: false });
    expect(published.client_cert.chain_pem.map((pem) => readCertificate(derOf(pem), { now }).subjectDn)).toEqual(published.client_cert.chain_subjects_rfc4514);
  });

  it('reads names as another library wrote them', async () => {
    const names = san({ type: 'dns', value: 'tpp.example' }, { type: 'url', value: 'https://tpp.example/id' }, { type: 'ip', value: '192.0.2.1' }, { type: 'ip', value: '2001:db8::1' }, { type: 'email', value: 'ana@tpp.example' });
    const { der } = await aLeaf({ subject: [{ C: ['BR'] }, { O: ['Tally, Ltd'] }, { CN: ['Luĉić'], OU: ['a+b'] }, { '2.5.4.97': ['OFBBR-1'] }], extensions: [names] });
    const certificate = readCertificate(der, { now });
    expect(certificate.subjectDn).toBe('organizationIdentifier=OFBBR-1,CN=Luĉić+OU=a\\+b,O=Tally\\, Ltd,C=BR');
    expect(certificate.san).toEqual({ dns: ['tpp.example'], uri: ['https://tpp.example/id'], ip: ['192.0.2.1', '2001:db8:0:0:0:0:0:1'], email: ['ana@tpp.example'] });
  });

  it('hands out the same key object for the same certificate', async () => {
    const { der } = await aLeaf();
    expect(readCertificate(Buffer.from(der), { now }).publicKey).toBe(readCertificate(der, { now }).publicKey);
  });

  it('takes the word of TLS, but not beyond the validity dates', async () => {
    const { der } = await aLeaf();
    expect(readCertificate(der, { chainTrusted: true, now }).chainTrusted).toBe(true);
    expect(readCertificate(der, { chainTrusted: true, now: after(90_000) })).toMatchObject({ chainTrusted: false, current: false });
    expect(readCertificate(der, { chainTrusted: false, trustedRoots: loadTrustStore([root.pem, middle.pem]), now }).chainTrusted).toBe(false);
  });

  it.each<[string, (der: Buffer) => Buffer]>([
    ['nothing', () => Buffer.alloc(0)],
    ['text', () => Buffer.from('certificate')],
    ['PEM', () => Buffer.from(root.pem)],
    ['a certificate cut off', (der) => der.subarray(0, -1)],
    ['a certificate and more', (der) => Buffer.concat([der, Buffer.of(0)])],
    ['two certificates', (der) => Buffer.concat([der, der])],
    ['too much', () => Buffer.alloc(20_000)],
  ])('refuses %s', async (_, change) => {
    const { der } = root;
    expect(await refusalOf(() => readCertificate(change(der), { now }))).toMatchObject({ name: 'CertificateError' });
  });

  it.each(['', 'text', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'])('takes no trust anchor out of %j', async (pem) => {
    expect(await refusalOf(() => loadTrustStore([pem]))).toMatchObject({ name: 'CertificateError' });
  });

  it('writes addresses in one way', () => {
    expect(ipText(Buffer.from([1, 2, 3]))).toBeUndefined();
  });
});

describe('a chain of trust', () => {
  const trusted = (leaf: Party, { roots = [root], via = [middle], at = now }: { roots?: Party[]; via?: Party[]; at?: Date } = {}) =>
    readCertificate(leaf.der, { trustedRoots: loadTrustStore(roots.map(({ pem }) => pem)), intermediates: via.map(({ der }) => der), now: at }).chainTrusted;

  it.each<[string, () => Promise<boolean>]>([
    ['over an intermediate', async () => trusted(await aLeaf())],
    ['straight under the anchor', async () => trusted(await aLeaf({ issuer: root }), { via: [] })],
    ['under an anchor that is itself issued by another', async () => trusted(await aLeaf(), { roots: [middle], via: [] })],
    ['with the anchor among the intermediates', async () => trusted(await aLeaf(), { via: [root, middle] })],
    ['with client authentication as purpose', async () => trusted(await aLeaf({ extensions: [purpose(serverAuth, clientAuth)] }))],
    ['with any purpose', async () => trusted(await aLeaf({ extensions: [purpose('2.5.29.37.0')] }))],
    ['with a key usage', async () => trusted(await aLeaf({ keyUsage: digitalSignature }))],
    ['with RSA keys', async () => trusted(await aLeaf({ keys: await rsaKeys(2048) }))],
    ['among several anchors of one name', async () => trusted(await aLeaf(), { roots: [await aCertificate({ subject: rootName, ca: true }), root] })],
    ['past useless intermediates', async () => {
      const twin = await aCertificate({ subject: middle.subject, issuer: root, ca: true });
      return trusted(await aLeaf(), { via: [{ ...twin, der: Buffer.from('junk') }, twin, middle] });
    }],
  ])('holds %s', async (_, proof) => {
    expect(await proof()).toBe(true);
  });

  it.each<[string, () => Promise<boolean>]>([
    ['to another anchor of the same name', async () => trusted(await aLeaf(), { roots: [await aCertificate({ subject: rootName, ca: true })] })],
    ['to no anchor', async () => trusted(await aLeaf(), { roots: [] })],
    ['without its intermediate', async () => trusted(await aLeaf(), { via: [] })],
    ['of a self-signed certificate', async () => trusted(await aCertificate({ subject }))],
    ['of a self-signed authority of one\'s own', async () => {
      const own = await aCertificate({ subject: [{ CN: ['Own'] }], ca: true });
      return trusted(await aLeaf({ issuer: own }), { via: [own] });
    }],
    ['issued by a client\'s certificate', async () => {
      const client = await aLeaf();
      return trusted(await aLeaf({ issuer: client, subject: [{ CN: ['victim'] }] }), { via: [client, middle] });
    }],
    ['issued by an authority that may not sign certificates', async () => {
      const signer = await aCertificate({ subject: [{ CN: ['Crl'] }], issuer: root, ca: true, keyUsage: cRLSign });
      return trusted(await aLeaf({ issuer: signer }), { via: [signer] });
    }],
    ['longer than an authority allows', async () => {
      const lower = await aCertificate({ subject: [{ CN: ['Lower'] }], issuer: middle, ca: true });
      return trusted(await aLeaf({ issuer: lower }), { via: [lower, middle] });
    }],
    ['of a certificate not yet valid', async () => trusted(await aLeaf({ from: 60 }))],
    ['of a certificate no longer valid', async () => trusted(await aLeaf({ until: -60 }))],
    ['over an intermediate no longer valid', async () => {
      const past = await aCertificate({ subject: [{ CN: ['Past'] }], issuer: root, ca: true, until: -60 });
      return trusted(await aLeaf({ issuer: past }), { via: [past] });
    }],
    ['to an anchor no longer valid', async () => {
      const past = await aCertificate({ subject: [{ CN: ['Past'] }], ca: true, until: -60 });
      return trusted(await aLeaf({ issuer: past }), { roots: [past], via: [] });
    }],
    ['of a server\'s certificate', async () => trusted(await aLeaf({ extensions: [purpose(serverAuth)] }))],
    ['of a weak key', async () => trusted(await aLeaf({ keys: await rsaKeys(1024) }))],
    ['under a weak key', async () => {
      const weak = await aCertificate({ subject: [{ CN: ['Weak'] }], issuer: root, ca: true, keys: await rsaKeys(1024) });
      return trusted(await aLeaf({ issuer: weak }), { via: [weak] });
    }],
    ['signed with SHA-1', async () => trusted(await aLeaf({ hash: 'SHA-1' }))],
    ['with a critical extension nobody knows', async () => trusted(await aLeaf({ extensions: [new x509.Extension('1.2.3.4', true, Buffer.from('0500', 'hex'))] }))],
    ['under a name constraint', async () => {
      const constrained = await aCertificate({ subject: [{ CN: ['Constrained'] }], issuer: root, ca: true, extensions: [new x509.Extension('2.5.29.30', true, Buffer.from('3000', 'hex'))] });
      return trusted(await aLeaf({ issuer: constrained }), { via: [constrained] });
    }],
    ['whose signature was altered', async () => {
      const leaf = await aLeaf();
      return trusted({ ...leaf, der: Buffer.from(leaf.der.map((octet, index) => (index === leaf.der.length - 1 ? octet ^ 1 : octet))) });
    }],
    ['with more intermediates than anybody needs', async () => trusted(await aLeaf(), { via: Array<Party>(9).fill(middle) })],
    ['deeper than anybody needs', async () => {
      let issuer = root;
      const via: Party[] = [];
      for (let depth = 0; depth < 5; depth++) {
        issuer = await aCertificate({ subject: [{ CN: [`Depth ${depth}`] }], issuer, ca: true });
        via.push(issuer);
      }
      return trusted(await aLeaf({ issuer }), { via });
    }],
  ])('breaks %s', async (_, proof) => {
    expect(await proof()).toBe(false);
  });

  it('is judged again when time has passed, though it was kept', async () => {
    const trustedRoots = loadTrustStore([root.pem]);
    const leaf = await aLeaf({ until: 600 });
    const at = (date: Date) => readCertificate(leaf.der, { trustedRoots, intermediates: [middle.der], now: date }).chainTrusted;
    expect([at(after(-7200)), at(now), at(now), at(after(601)), at(now)]).toEqual([false, true, true, false, true]);
  });

  it('found with its intermediate says nothing about the same certificate without', async () => {
    const trustedRoots = loadTrustStore([root.pem]);
    const leaf = await aLeaf();
    const via = (intermediates: Buffer[]) => readCertificate(leaf.der, { trustedRoots, intermediates, now }).chainTrusted;
    expect([via([]), via([middle.der]), via([])]).toEqual([false, true, false]);
  });
});

describe('verifyTlsClientAuth: tls_client_auth', () => {
  const dn = 'CN=tally-budget,O=Tally Ltd,C=GB';
  const names = () => san({ type: 'dns', value: 'TPP.example' }, { type: 'url', value: 'https://tpp.example/id' }, { type: 'ip', value: '192.0.2.1' }, { type: 'ip', value: '2001:db8::1' }, { type: 'email', value: 'Ana@TPP.example' });
  let certificate: ClientCertificate;
  beforeAll(async () => {
    certificate = readCertificate((await aLeaf({ extensions: [names()] })).der, { trustedRoots: loadTrustStore([root.pem]), intermediates: [middle.der], now });
  });
  const client = (changes: Partial<Client>) => aClient({ token_endpoint_auth_method: 'tls_client_auth', ...changes });

  it.each<[string, Partial<Client>]>([
    ['subject', { tls_client_auth_subject_dn: dn }],
    ['subject, written differently', { tls_client_auth_subject_dn: '2.5.4.3=Tally-Budget, o=#0c0954616c6c79204c7464, C=gb' }],
    ['dns', { tls_client_auth_san_dns: 'tpp.example' }],
    ['uri', { tls_client_auth_san_uri: 'https://tpp.example/id' }],
    ['ip, version 4', { tls_client_auth_san_ip: '192.0.2.1' }],
    ['ip, version 6', { tls_client_auth_san_ip: '2001:DB8::1' }],
    ['ip, version 6 in full', { tls_client_auth_san_ip: '2001:0db8:0000:0000:0000:0000:0000:0001' }],
    ['email', { tls_client_auth_san_email: 'Ana@tpp.EXAMPLE' }],
  ])('F2-MT-01: accepts the registered %s', (_, registered) => {
    expect(verifyTlsClientAuth(client(registered), certificate, [])).toBeUndefined();
  });

  it.each<[string, string, Partial<Client>, (() => ClientCertificate | undefined)?]>([
    ['F2-MT-01', 'no certificate', { tls_client_auth_subject_dn: dn }, () => undefined],
    ['F2-MT-01', 'a chain nobody proved', { tls_client_auth_subject_dn: dn }, () => ({ ...certificate, chainTrusted: false })],
    ['F2-MT-01', 'a certificate out of its dates', { tls_client_auth_subject_dn: dn }, () => ({ ...certificate, current: false })],
    ['F2-MT-01', 'another subject', { tls_client_auth_subject_dn: 'CN=other,O=Tally Ltd,C=GB' }],
    ['F2-MT-01', 'the subject the other way round', { tls_client_auth_subject_dn: 'C=GB,O=Tally Ltd,CN=tally-budget' }],
    ['F2-MT-01', 'a part of the subject', { tls_client_auth_subject_dn: 'CN=tally-budget' }],
    ['F2-MT-01', 'a registered subject that cannot be read', { tls_client_auth_subject_dn: 'tally' }],
    ['F2-MT-01', 'another dns name', { tls_client_auth_san_dns: 'example' }],
    ['F2-MT-01', 'a wildcard', { tls_client_auth_san_dns: '*.example' }],
    ['F2-MT-01', 'the common name as dns name', { tls_client_auth_san_dns: 'tally-budget' }],
    ['F2-MT-01', 'another uri', { tls_client_auth_san_uri: 'https://tpp.example/id/' }],
    ['F2-MT-01', 'another address', { tls_client_auth_san_ip: '192.0.2.2' }],
    ['F2-MT-01', 'an address that is none', { tls_client_auth_san_ip: 'localhost' }],
    ['F2-MT-01', 'another mailbox', { tls_client_auth_san_email: 'ana@tpp.example' }],
    ['F2-MT-01', 'nothing registered', {}],
    ['F2-MT-01', 'two subjects registered', { tls_client_auth_subject_dn: dn, tls_client_auth_san_dns: 'tpp.example' }],
    ['F2-AS-06', 'a client of another method', { token_endpoint_auth_method: 'private_key_jwt', tls_client_auth_subject_dn: dn }],
  ])('%s: refuses %s', async (rule, _, registered, presented = () => certificate) => {
    expect(await refusalOf(() => verifyTlsClientAuth(client(registered), presented(), []))).toMatchObject({ code: 'invalid_client', status: 401, rule });
  });

  it('F2-CR-02: refuses a weak key though TLS found a chain', async () => {
    const weak = readCertificate((await aLeaf({ keys: await rsaKeys(1024) })).der, { chainTrusted: true, now });
    expect(await refusalOf(() => verifyTlsClientAuth(client({ tls_client_auth_subject_dn: dn }), weak, []))).toMatchObject({ code: 'invalid_client', rule: 'F2-CR-02' });
  });
});

describe('verifyTlsClientAuth: self_signed_tls_client_auth', () => {
  const client = aClient({ token_endpoint_auth_method: 'self_signed_tls_client_auth' });
  const registered = async ({ keys }: Party) => importCertificateJwk((await globalThis.crypto.subtle.exportKey('jwk', keys.publicKey)) as unknown as PublicJwk);

  it.each(['P-256', 'P-384'])('F2-MT-02: accepts a certificate of the registered key on %s', async (curve) => {
    const own = await aCertificate({ subject, keys: await keysOn(curve) });
    const other = await aCertificate({ subject });
    expect(verifyTlsClientAuth(client, readCertificate(own.der, { now }), [await registered(other), { ...(await registered(own)), algs: [] }])).toBeUndefined();
  });

  it.each<[string, (own: Party) => Promise<[ClientCertificate | undefined, Party[]]>]>([
    ['no certificate', async (own) => [undefined, [own]]],
    ['a certificate of another key', async (own) => [readCertificate((await aCertificate({ subject })).der, { now }), [own]]],
    ['a trusted certificate of another key', async (own) => [readCertificate((await aLeaf()).der, { now, chainTrusted: true }), [own]]],
    ['any certificate when no key is registered', async (own) => [readCertificate(own.der, { now }), []]],
    ['a certificate out of its dates', async (own) => [readCertificate(own.der, { now: after(90_000) }), [own]]],
    ['a certificate not yet valid', async (own) => [readCertificate(own.der, { now: after(-7200) }), [own]]],
  ])('F2-MT-02: refuses %s', async (_, arrange) => {
    const [certificate, parties] = await arrange(await aCertificate({ subject }));
    const keys = await Promise.all(parties.map(registered));
    expect(await refusalOf(() => verifyTlsClientAuth(client, certificate, keys))).toMatchObject({ code: 'invalid_client', status: 401, rule: 'F2-MT-02' });
  });
});
