import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { hasSubject, hostName, issue, issueSelfSigned, makeAuthority, type CertifiedKey, type DistinguishedName, type LeafRequest, type SubjectName } from './certificates.js';
import { ensureClientKeys } from './client-keys.js';
import { readCertified, writeCertified } from './files.js';

export { certificateFile, keyFile } from './files.js';
export { pkiNeeds } from './needs.js';

const dayMs = 24 * 60 * 60 * 1000;
const leafRenewalDays = 30;
const authorityRenewalDays = 400;

/** What the local PKI must hold. */
export interface PkiNeeds {
  /** Host names and addresses of the servers. */
  readonly hosts: readonly string[];
  readonly clients: readonly PkiClient[];
  /** Whether an authority for the directory's certificates is wanted: `directory-ca`. */
  readonly directory?: boolean;
}

export interface PkiClient {
  readonly clientId: string;
  readonly subject: DistinguishedName;
  readonly names: readonly SubjectName[];
  /** Signed by its own key instead of the clients' authority. */
  readonly selfSigned: boolean;
}

/** What `ensurePki` wrote, by short name (`root`, `server`, `clients/tally-budget`); empty when all was good. */
export interface PkiReport {
  readonly made: readonly string[];
  readonly renewed: readonly string[];
}

interface Wanted {
  readonly name: string;
  readonly make: () => Promise<CertifiedKey>;
  /** Further reasons to replace a certificate that has not run out. */
  readonly fits?: (certificate: X509Certificate) => boolean;
  readonly renewalDays: number;
}

/**
 * Makes or renews what is missing, near its end or no longer fitting in `folder`: `root` and `server` for our
 * listeners, `clients-ca` and `clients/<client_id>` for the demo clients, with each client's private `…jwks.json`; `directory-ca`
 * for what the directory issues.
 * Throws the file system's error when the folder cannot be written.
 */
export async function ensurePki(folder: string, needs: PkiNeeds, now: Date): Promise<PkiReport> {
  const report = { made: [] as string[], renewed: [] as string[] };
  const keep = (wanted: Wanted): Promise<CertifiedKey> => ensureCertificate(folder, wanted, now, report);
  const authority = (name: string, title: string): Promise<CertifiedKey> =>
    keep({ name, make: () => makeAuthority(title, now), renewalDays: authorityRenewalDays });

  const [root, clientsAuthority] = await Promise.all([authority('root', 'Assent local root'), authority('clients-ca', 'Assent local clients')]);
  const work: Promise<unknown>[] = [keep(serverCertificate(needs.hosts, root, now))];
  if (needs.directory) work.push(authority('directory-ca', 'Assent local directory'));
  for (const client of needs.clients) {
    work.push(keep(clientCertificate(client, clientsAuthority, now)));
    work.push(ensureClientKeys(join(folder, 'clients', `${client.clientId}.jwks.json`)));
  }
  await Promise.all(work);
  return report;
}

async function ensureCertificate(folder: string, wanted: Wanted, now: Date, report: { made: string[]; renewed: string[] }): Promise<CertifiedKey> {
  const stem = join(folder, wanted.name);
  const present = await readCertified(stem);
  if (present && isGood(present, wanted, now)) return present;
  const value = await wanted.make();
  await writeCertified(stem, value);
  (present ? report.renewed : report.made).push(wanted.name);
  return value;
}

function isGood(present: CertifiedKey, wanted: Wanted, now: Date): boolean {
  const certificate = new X509Certificate(present.certificate);
  const left = new Date(certificate.validTo).getTime() - now.getTime();
  return left > wanted.renewalDays * dayMs && (wanted.fits?.(certificate) ?? true);
}

function serverCertificate(hosts: readonly string[], root: CertifiedKey, now: Date): Wanted {
  const names = hosts.map(hostName);
  const request: LeafRequest = { subject: [{ O: ['Assent local development'] }, { CN: [hosts[0] ?? 'localhost'] }], usage: 'server', names, now };
  return {
    name: 'server',
    make: () => issue(request, root),
    fits: (certificate) => isIssuedBy(certificate, root) && names.every((name) => covers(certificate, name)),
    renewalDays: leafRenewalDays,
  };
}

function clientCertificate(client: PkiClient, authority: CertifiedKey, now: Date): Wanted {
  const request: LeafRequest = { subject: client.subject, usage: 'client', names: client.names, now };
  return {
    name: `clients/${client.clientId}`,
    make: () => (client.selfSigned ? issueSelfSigned(request) : issue(request, authority)),
    fits: (certificate) =>
      (client.selfSigned ? certificate.verify(certificate.publicKey) : isIssuedBy(certificate, authority)) &&
      hasSubject(certificate.toString(), client.subject) &&
      client.names.every((name) => covers(certificate, name)),
    renewalDays: leafRenewalDays,
  };
}

const isIssuedBy = (certificate: X509Certificate, authority: CertifiedKey): boolean => certificate.verify(new X509Certificate(authority.certificate).publicKey);

function covers(certificate: X509Certificate, name: SubjectName): boolean {
  if (name.type === 'dns') return certificate.checkHost(name.value, { subject: 'never' }) !== undefined;
  if (name.type === 'ip') return certificate.checkIP(name.value) !== undefined;
  if (name.type === 'email') return certificate.checkEmail(name.value, { subject: 'never' }) !== undefined;
  return (certificate.subjectAltName ?? '').includes(`URI:${name.value}`);
}
