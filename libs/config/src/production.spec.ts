import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import * as x509 from '@peculiar/x509';
import { parse as parseYaml } from 'yaml';
import { encryptionKey } from './fixtures/configuration.js';
import { loadConfig, parseConfig } from './load.js';
import { demoPasswords } from './production.js';

const root = new URL('../../../', import.meta.url);
const example = readFileSync(new URL('config/production.example.yaml', root), 'utf8');
const environment = { DATABASE_URL: 'postgres://assent:pw@db.internal:5432/assent', ASSENT_ENCRYPTION_KEY: encryptionKey };

async function problems(text: string, env: Readonly<Record<string, string | undefined>> = environment): Promise<readonly string[]> {
  const attempt = parseConfig(text, { env, cwd: '/srv', file: '/srv/config/p.yaml', name: 'p.yaml', purpose: 'check' });
  return attempt.then(() => [], (error: Error) => error.message.split('\n')); // prettier-ignore
}

function changed(...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the example has no ${from}`);
    return text.replace(from, () => to);
  }, example);
}

/** TLS ended here instead of at a proxy. */
const here = (files: string) => ['  termination: proxy # every listener below is plain http, and serves nobody but the proxy\n', files] as const;
const own = '  certificateFile: /etc/tls/server.pem\n  keyFile: /etc/tls/server.key\n';
const customer = (password: string) => ['\nresources:\n', `\ncustomers:\n  - { id: c-1, login: one, displayName: One, ${password} }\nresources:\n`] as const;

describe('config/production.example.yaml', () => {
  it('is valid, without a warning', async () => {
    const config = await loadConfig({ file: 'config/production.example.yaml', env: environment, cwd: root.pathname, purpose: 'check' });
    expect(config.warnings).toEqual([]);
    expect(config.mode).toBe('production');
    expect(config.authorizationServer.listeners).toEqual([{ kind: 'plain', host: '0.0.0.0', port: 8443 }]);
    expect(config.issuers[0]).toMatchObject({ issuer: 'https://auth.bank.example/fapi2', mtlsBase: 'https://mtls.auth.bank.example/fapi2' });
    expect(config.tls).toEqual({ certificateFile: undefined, keyFile: undefined, clientAuthorityFiles: [join(root.pathname, 'config/certificates/client-authority.pem')], serverAuthorityFiles: [], revocation: { mode: 'off', crls: [], softFail: false, refreshSeconds: 300 } });
    expect(config.resourceServer.clientKeyFile).toBe(join(root.pathname, 'config/keys/bank-accounts-api.jwks.json'));
    expect(config.encryptionKey.reveal()).toEqual(Buffer.alloc(32, 7));
  });

  it('may end TLS itself', async () => expect(await problems(changed(here(own), ['  port: 8443', '  port: 443\n  mtlsPort: 444']))).toEqual([]));
});

describe('production refuses', () => {
  it.each([
    ['an embedded database', example, { ...environment, DATABASE_URL: undefined }, /^p\.yaml: database\.url: expected a PostgreSQL URL \(DATABASE_URL\), found nothing; the embedded database is for development$/],
    ['no encryption key', example, { ...environment, ASSENT_ENCRYPTION_KEY: '' }, /^environment: ASSENT_ENCRYPTION_KEY: expected base64 of 32 random bytes \(production keeps no key in a file\), found nothing$/],
    ['redirects to the customer’s own machine', changed(['profile: fapi2-security', 'profile: fapi2-security\n    registration: { localRedirects: allowed }']), environment, /^p\.yaml:\d+: issuers\[0\]\.registration\.localRedirects: expected "refused" \(codes would go to whatever listens on the customer’s machine\), found "allowed"$/],
    ['decisions without customers', changed(['profile: fapi2-security', 'profile: fapi2-ciba\n    ciba: { approvalEndpoint: true }']), environment, /^p\.yaml:\d+: issuers\[0\]\.ciba\.approvalEndpoint: expected false \(it decides for customers\), found true$/],
    ['a user code in plain text', changed(customer("passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNo', userCode: blue-7")), environment, /^p\.yaml:\d+: customers\[0\]\.userCode: expected userCodeHash \(argon2id\), found a code in plain text$/],
    ['no public URL', changed(['  publicUrl: https://auth.bank.example\n', '']), environment, /^p\.yaml:\d+: authorizationServer\.publicUrl: expected its public https URL, found nothing$/],
    ['no mTLS URL', changed(['  mtlsUrl: https://mtls.auth.bank.example', '  #']), environment, /^p\.yaml:\d+: authorizationServer\.mtlsUrl: expected the https URL of its mTLS aliases or none, found nothing$/],
    ['a plain public URL', changed(['publicUrl: https://auth.', 'publicUrl: http://auth.']), environment, /^p\.yaml:\d+: authorizationServer\.publicUrl: expected an https URL, found "http:\/\/auth\.bank\.example"; plain http is for development$/],
    ['a plain mTLS URL', changed(['mtlsUrl: https:', 'mtlsUrl: http:']), environment, /^p\.yaml:\d+: authorizationServer\.mtlsUrl: expected an https URL, found "http:.*plain http is for development$/],
    ['a plain dashboard', changed(['publicUrl: https://my.', 'publicUrl: http://my.']), environment, /^p\.yaml:\d+: grantManagement\.dashboard\.publicUrl: expected an https URL, found "http:/],
    ['a plain issuer', changed(['    profile:', '    url: http://id.bank.example\n    profile:']), environment, /^p\.yaml:\d+: issuers\[0\]\.url: expected an https URL, found "http:/],
    ['a plain URL of the environment', example, { ...environment, ASSENT_STAFF_PUBLIC_URL: 'http://staff.bank.example' }, /^environment: ASSENT_STAFF_PUBLIC_URL: expected an https URL, found "http:/],
    ['no certificate', changed(here('  keyFile: /etc/tls/server.key\n')), environment, /^p\.yaml:\d+: tls\.certificateFile: expected a PEM file \(or tls\.termination: proxy\), found nothing$/],
    ['no key', changed(here('  certificateFile: /etc/tls/server.pem\n')), environment, /^p\.yaml:\d+: tls\.keyFile: expected a PEM file \(or tls\.termination: proxy\), found nothing$/],
    ['keys of the data folder', changed(here('  certificateFile: /etc/tls/server.pem\n  keyFile: /srv/.assent/pki/server.key.pem\n')), environment, /^p\.yaml:\d+: tls\.keyFile: expected a file outside the data folder, found "\/srv\/\.assent\/pki\/server\.key\.pem"; keys in there are for development$/],
    ['authorities of the data folder', changed(['certificates/client-authority.pem', '../.assent/pki/clients-ca.crt.pem']), environment, /^p\.yaml:\d+: tls\.clientAuthorityFiles\[0\]: expected a file outside the data folder/],
    ['client keys of the data folder', changed(['keys/bank', '/srv/.assent/pki/clients/bank']), environment, /^p\.yaml:\d+: resourceServer\.clientKeyFile: expected a file outside the data folder/],
    ['no client key', changed(['  clientKeyFile:', '  #']), environment, /^p\.yaml:\d+: resourceServer\.clientKeyFile: expected the private key set of its introspection client, found nothing$/],
    ['tls_client_auth without an authority', changed(['  clientAuthorityFiles:', '  #']), environment, /^p\.yaml:\d+: tls\.clientAuthorityFiles: expected at least one PEM file \(a client uses tls_client_auth\), found nothing$/],
    ['the demo TPP', changed(['\nresources:\n', '\nrelyingParty: { clients: [] }\nresources:\n']), environment, /^p\.yaml:\d+: relyingParty: expected no demo TPP in production \(its keys are for development\), found one$/],
    ['a directory without its authority', changed(['\nresources:\n', `\ndirectory: { publicUrl: 'https://d.example', authorityKeyFile: /etc/ca.key, adminTokenHash: '${'0a'.repeat(32)}' }\nresources:\n`]), environment, /^p\.yaml:\d+: directory\.authorityCertificateFile: expected a PEM file of your own authority, found nothing$/],
    ['a directory with the authority of the data folder', changed(['\nresources:\n', `\ndirectory: { publicUrl: 'https://d.example', authorityCertificateFile: /etc/ca.pem, authorityKeyFile: ../.assent/pki/directory-ca.key.pem, adminTokenHash: '${'0a'.repeat(32)}' }\nresources:\n`]), environment, /^p\.yaml:\d+: directory\.authorityKeyFile: expected a file outside the data folder/],
    ['a directory anybody could administer', changed(['\nresources:\n', `\ndirectory: { publicUrl: 'https://d.example', authorityCertificateFile: /etc/ca.pem, authorityKeyFile: /etc/ca.key }\nresources:\n`]), environment, /^p\.yaml:\d+: directory\.adminTokenHash: expected the SHA-256 of a token of your own, found nothing$/],
    ['a plain password', changed(customer('password: a-password-of-my-own')), environment, /^p\.yaml:\d+: customers\[0\]\.password: expected passwordHash \(argon2id\), found a password in plain text$/],
  ])('%s', async (_what, text, env, line) => {
    expect(await problems(text, env)).toEqual([expect.stringMatching(line)]);
  });

  describe('attacks that succeed by configuration', () => {
    const baseline = changed(['    profile: fapi2-security', '    profile: fapi1-baseline'], ['        dpop_bound_access_tokens: true\n', '']);
    const waivers = (expires: string, attacks = ['TM-PKCE-02', 'TM-PAR-01', 'TM-TOK-01']) => baseline.replace('\nresources:\n', `\nthreatWaivers:\n${attacks.map((attack) => `  - { attack: ${attack}, issuer: fapi2, reason: until 2027, expires: ${expires} }\n`).join('')}resources:\n`);

    it('are named, one by one, with what is missing', async () => {
      const lines = await problems(baseline);
      expect(lines.map((line) => /found (TM-[A-Z]+-\d+)/.exec(line)?.[1])).toEqual(['TM-PKCE-02', 'TM-PAR-01', 'TM-TOK-01']);
      expect(lines[2]).toMatch(/^p\.yaml:\d+: issuers\[0\]: expected no attack to succeed, found TM-TOK-01 \(A stolen access token is used\); missing: tokens-bound \(bearer tokens are allowed; bound by registration: not budget-app.*\); change it, or waive it in threatWaivers$/);
    });

    it('may be waived, for a time', async () => {
      expect(await problems(waivers('2999-12-31'))).toEqual([]);
      const late = await problems(waivers('2026-01-31'));
      expect(late).toHaveLength(3);
      expect(late[0]).toMatch(/^p\.yaml:\d+: threatWaivers\[0\]\.expires: .*; its waiver ended 2026-01-31$/);
    });

    it('are no problem in development, and none for who audits', async () => {
      expect((await parseConfig(baseline, { env: environment, cwd: '/srv', file: '/srv/p.yaml', purpose: 'audit' })).issuers).toHaveLength(1);
    });

    it('are waived by their ids and for issuers that exist; a waiver for nothing is a warning', async () => {
      expect(await problems(waivers('2999-12-31', ['TM-NO-99']))).toEqual([expect.stringMatching(/threatWaivers\[0\]\.attack: expected the id of an attack of the threat model, such as TM-TOK-01, found "TM-NO-99"$/)]);
      expect(await problems(waivers('31.12.2999'))).toHaveLength(3);
      expect(await problems(waivers('2999-12-31').replaceAll('issuer: fapi2', 'issuer: fapi'))).toContainEqual(expect.stringMatching(/threatWaivers\[0\]\.issuer: expected the name of an issuer, found "fapi"; did you mean fapi2\?$/));
      const config = await parseConfig(waivers('2999-12-31', ['TM-PKCE-02', 'TM-PAR-01', 'TM-TOK-01', 'TM-NET-01']), { env: environment, cwd: '/srv', file: '/srv/p.yaml', name: 'p.yaml', purpose: 'check' });
      expect(config.warnings).toEqual([expect.stringMatching(/^p\.yaml:\d+: threatWaivers\[3\]: TM-NET-01 does not succeed here: the waiver can go$/)]);
    });
  });

  it.each(demoPasswords)('a hash of the demo password %s', async (password) => {
    const weak = { memoryCost: 1024, timeCost: 1, parallelism: 1 };
    expect(await problems(changed(customer(`passwordHash: '${await hash(password, weak)}'`)))).toEqual([expect.stringMatching(/^p\.yaml:\d+: customers\[0\]\.passwordHash: expected the hash of a password of its own, found that of a demo password$/)]);
    expect(await problems(changed(customer(`passwordHash: '${await hash('a password of its own', weak)}'`)))).toEqual([]);
  });

  it('knows the demo passwords that config/demo.yaml has', () => {
    const demo = parseYaml(readFileSync(new URL('config/demo.yaml', root), 'utf8')) as Record<'customers' | 'staff', { password: string }[]>;
    expect([...demo.customers, ...demo.staff].map(({ password }) => password)).toEqual(demoPasswords);
  });

  it('config/demo.yaml, with a line for everything', async () => {
    const demo = readFileSync(new URL('config/demo.yaml', root), 'utf8').replace('mode: development', 'mode: production');
    const lines = (await problems(demo, {})).map((line) => /(?<=: )[\w.[\]]+(?=: expected)/.exec(line)?.[0]);
    const markets = [6, 7, 8, 9, 10, 11, 12, 13].map((index) => `issuers[${index}].registration.localRedirects`);
    expect(lines).toEqual([
      'database.url', 'tls.certificateFile', 'tls.keyFile', 'tls.clientAuthorityFiles', 'resourceServer.clientKeyFile',
      'grantManagement.dashboard.clientKeyFile', 'grantManagement.staff.clientKeyFile', 'directory.authorityCertificateFile', 'directory.authorityKeyFile', 'directory.adminTokenHash', 'relyingParty', ...markets, 'customers[0].password', 'customers[1].password',
      'customers[2].password', 'staff[0].password', 'staff[1].password', 'staff[2].password', 'ASSENT_ENCRYPTION_KEY',
    ]); // prettier-ignore
  });

  it('a copy of the certificates that npm start made, wherever it lies', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assent-production-'));
    try {
      const file = join(folder, 'server.pem');
      writeFileSync(file, await certificate('O=Assent local development, CN=Assent development root'));
      const tls = (name: string) => changed(here(`  certificateFile: ${name}\n  keyFile: /etc/tls/server.key\n`));
      expect(await problems(tls(file))).toEqual([expect.stringMatching(/^p\.yaml:\d+: tls\.certificateFile: expected a certificate of your own, found one that npm start made \(".*server\.pem"\)$/)]);
      writeFileSync(file, await certificate('O=Example Bank, CN=Example Bank root'));
      expect(await problems(tls(file))).toEqual([]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

async function certificate(name: string): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return (await x509.X509CertificateGenerator.createSelfSigned({ name, keys, signingAlgorithm: algorithm, notBefore: new Date(0), notAfter: new Date(4e12) })).toString('pem');
}
