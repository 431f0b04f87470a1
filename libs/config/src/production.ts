import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isInDataFolder, type Context } from './build/context.js';
import type { AssentConfig, DirectoryConfig } from './model.js';
import type { Path } from './problem.js';

/** Passwords of config/demo.yaml: known to everybody who can read this repository. */
export const demoPasswords: readonly string[] = ['harbour-ana-2026', 'harbour-ben-2026', 'harbour-carla-2026', 'harbour-vera-2026', 'harbour-noor-2026', 'harbour-sam-2026'];

type Built = Omit<AssentConfig, 'encryptionKey' | 'warnings' | 'file'>;

/** Everything that is fit for development only is a problem in production. */
export async function judgeProduction(context: Context, config: Built): Promise<void> {
  if (context.mode !== 'production') return;
  judgeDatabase(context);
  judgeUrls(context, config);
  judgeKeys(context, config);
  judgeAutomation(context);
  await judgePasswords(context);
}

/** Nobody but a customer decides in production, and nothing is sent to their own machine. */
function judgeAutomation({ content, problem }: Context): void {
  content.issuers.forEach(({ ciba, registration }, index) => {
    if (registration?.localRedirects === 'allowed') problem(['issuers', index, 'registration', 'localRedirects'], 'expected "refused" (codes would go to whatever listens on the customer’s machine), found "allowed"');
    if (ciba?.approvalEndpoint) problem(['issuers', index, 'ciba', 'approvalEndpoint'], 'expected false (it decides for customers), found true');
  });
}

function judgeDatabase({ content, problem }: Context): void {
  const { url } = content.database;
  if (url === undefined) problem(['database', 'url'], 'expected a PostgreSQL URL (DATABASE_URL), found nothing; the embedded database is for development');
}

/** Every address of the world's must be given, and https. */
function judgeUrls({ content, problem }: Context, config: Built): void {
  const { authorizationServer, resourceServer } = content;
  if (authorizationServer.publicUrl === undefined) problem(['authorizationServer', 'publicUrl'], 'expected its public https URL, found nothing');
  if (authorizationServer.mtlsUrl === undefined) problem(['authorizationServer', 'mtlsUrl'], 'expected the https URL of its mTLS aliases or none, found nothing');
  if (resourceServer.publicUrl === undefined) problem(['resourceServer', 'publicUrl'], 'expected its public https URL, found nothing');
  const { grantManagement } = config;
  const urls: readonly (readonly [Path, string | undefined])[] = [
    [['authorizationServer', 'publicUrl'], config.authorizationServer.publicUrl],
    [['authorizationServer', 'mtlsUrl'], config.authorizationServer.mtlsUrl],
    [['resourceServer', 'publicUrl'], config.resourceServer.publicUrl],
    [['resourceServer', 'resource'], config.resourceServer.resource],
    [['grantManagement', 'publicUrl'], grantManagement.publicUrl],
    [['grantManagement', 'dashboard', 'publicUrl'], grantManagement.dashboard.publicUrl],
    [['grantManagement', 'staff', 'publicUrl'], grantManagement.staff.publicUrl],
    [['grantManagement', 'staff', 'issuerUrl'], content.grantManagement.staff.issuerUrl],
    [['directory', 'publicUrl'], config.directory?.publicUrl],
    [['directory', 'mtlsUrl'], config.directory?.mtlsUrl],
    ...config.resources.map(({ identifier }, index): [Path, string] => [['resources', index, 'identifier'], identifier]),
    ...content.issuers.flatMap(({ url, mtlsUrl }, index): [Path, string | undefined][] => [
      [['issuers', index, 'url'], url],
      [['issuers', index, 'mtlsUrl'], mtlsUrl],
    ]),
  ];
  for (const [path, url] of urls) {
    if (url?.startsWith('http:')) problem(path, `expected an https URL, found "${url}"; plain http is for development`);
  }
}

/** Keys that were made for development lie in the data folder, or beside the demo TPP. */
function judgeKeys(context: Context, { tls, resourceServer, grantManagement, relyingParty, directory, issuers }: Built): void {
  const { problem, content } = context;
  const judge = (path: Path, file: string | undefined): void => {
    if (file === undefined) return;
    if (isInDataFolder(context, file)) problem(path, `expected a file outside the data folder, found "${file}"; keys in there are for development`);
    else if (isDevelopmentCertificate(file)) problem(path, `expected a certificate of your own, found one that npm start made ("${file}")`);
  };
  for (const name of ['certificateFile', 'keyFile'] as const) {
    judge(['tls', name], tls[name]);
    if (content.tls.termination === 'here' && tls[name] === undefined) problem(['tls', name], 'expected a PEM file (or tls.termination: proxy), found nothing');
  }
  for (const name of ['clientAuthorityFiles', 'serverAuthorityFiles'] as const) {
    tls[name].forEach((file, index) => judge(['tls', name, index], file));
  }
  const byCertificate = issuers.some(({ clients }) => clients.some((client) => client.token_endpoint_auth_method === 'tls_client_auth'));
  if (byCertificate && tls.clientAuthorityFiles.length === 0) problem(['tls', 'clientAuthorityFiles'], 'expected at least one PEM file (a client uses tls_client_auth), found nothing');
  const path = ['resourceServer', 'clientKeyFile'];
  judge(path, resourceServer.clientKeyFile);
  if (resourceServer.verification !== 'jwt' && resourceServer.clientKeyFile === undefined) problem(path, 'expected the private key set of its introspection client, found nothing');
  for (const site of ['dashboard', 'staff'] as const) {
    const { client } = grantManagement[site];
    const file = ['grantManagement', site, 'clientKeyFile'];
    judge(file, client?.clientKeyFile);
    if (client && client.clientKeyFile === undefined) problem(file, 'expected the private key set of its client, found nothing');
  }
  if (directory) judgeDirectory(context, directory, judge);
  if (relyingParty) problem(['relyingParty'], 'expected no demo TPP in production (its keys are for development), found one');
}

function judgeDirectory({ content, problem }: Context, { authorityCertificateFile, authorityKeyFile }: DirectoryConfig, judge: (path: Path, file: string | undefined) => void): void {
  const entry = content.directory;
  for (const [name, file] of Object.entries({ authorityCertificateFile, authorityKeyFile })) {
    const path = ['directory', name];
    if (entry?.[name as 'authorityKeyFile'] === undefined) problem(path, 'expected a PEM file of your own authority, found nothing');
    else judge(path, file);
  }
  if (entry?.adminTokenHash === undefined) problem(['directory', 'adminTokenHash'], 'expected the SHA-256 of a token of your own, found nothing');
}

/** A copy of what the local PKI made. A file that cannot be read is the server's to tell of. */
function isDevelopmentCertificate(file: string): boolean {
  try {
    return new X509Certificate(readFileSync(file)).issuer.split('\n').includes('O=Assent local development');
  } catch {
    return false;
  }
}

async function judgePasswords({ content, problem }: Context): Promise<void> {
  const entries = (['customers', 'staff'] as const).flatMap((people) => content[people].map(({ password, passwordHash }, index) => ({ people, password, passwordHash, index })));
  content.customers.forEach(({ userCode }, index) => {
    if (userCode !== undefined) problem(['customers', index, 'userCode'], 'expected userCodeHash (argon2id), found a code in plain text');
  });
  for (const { people, password, passwordHash, index } of entries) {
    if (password !== undefined) problem([people, index, 'password'], 'expected passwordHash (argon2id), found a password in plain text');
    if (passwordHash !== undefined && (await isDemoPassword(passwordHash))) {
      problem([people, index, 'passwordHash'], 'expected the hash of a password of its own, found that of a demo password');
    }
  }
}

async function isDemoPassword(hash: string): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2');
  const answers = await Promise.all(demoPasswords.map((password) => verify(hash, password).catch(() => false)));
  return answers.includes(true);
}
