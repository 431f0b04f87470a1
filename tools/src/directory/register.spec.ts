import { startAuthorizationServer, type AuthorizationServer } from '@assent/authorization-server';
import { startDirectory, type Bundle, type RunningDirectory } from '@assent/directory';
import { markets } from '@assent/markets';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { freePorts, makeConfiguration, type TestConfiguration } from '@assent/testing/fapi';
import { execFile } from 'node:child_process';
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Administration } from './administration.js';
import { register } from './register.js';

/*
 * The commands of docs/directory.md, at a directory and at an issuer of each market that takes registrations: what the
 * directory says is what the issuers understand.
 */

const joined = markets.flatMap(({ name, onboarding }) => (onboarding.kind === 'registration' ? [{ name, dialect: onboarding.dialect }] : []));

let server: TestDatabase;
let made: TestConfiguration;
let directory: RunningDirectory;
let issuers: AuthorizationServer;
let administration: Administration;

beforeAll(async () => {
  server = await startDatabase();
  const [port = 0] = await freePorts(1);
  const url = `https://localhost:${port}`;
  made = await makeConfiguration({
    databaseUrl: server.url,
    clients: [],
    directory: { publicUrl: url, port },
    otherIssuers: joined.map(({ name, dialect }) => ({ name, market: name, profile: undefined, signingAlgs: undefined, clients: [], registration: { statementIssuers: [{ issuer: dialect.statement?.issuer ?? url, jwksUri: `${url}/keystore/directory.jwks`, apiUrl: `${url}/api` }] } })),
  });
  directory = await startDirectory(made.config);
  issuers = await startAuthorizationServer(made.config);
  administration = await Administration.open(made.config, {});
}, 120_000);
afterAll(async () => {
  await administration?.close();
  await issuers?.close();
  await directory?.close();
  await made?.close();
  await server?.stop();
});

const run = promisify(execFile);
const command = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, [join(import.meta.dirname, '../../dist/directory.js'), '--config', made.file, ...args], { env: { ...process.env, ...made.env, NODE_OPTIONS: '' } })).stdout;

describe('npm run directory', () => {
  let organisation: string;
  beforeAll(async () => {
    const answer = JSON.parse(await command('org', 'create', '--name', 'Tally Software Ltd', '--country', 'GB', '--number', '812345', ...joined.flatMap(({ name }) => ['--market', name]), '--json')) as { id: string };
    organisation = answer.id;
  }, 60_000);

  it.each(joined.map(({ name }) => name))('makes software that registers at an issuer of %s', async (market) => {
    const file = join(made.config.dataFolder, `tally-${market}.json`);
    expect(await command('software', 'create', '--org', organisation, '--name', 'Tally Budget', '--redirect', 'https://tally.example/callback', '--market', market, '--out', file)).toContain(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const bundle = JSON.parse(await readFile(file, 'utf8')) as Bundle;
    const answer = await register(made.config, administration, bundle, made.issuer.replace(/[^/]+$/, market));
    expect(answer).toMatchObject({ client_id: expect.any(String) as string });
    // Not for software that does not stand any more.
    await command('software', 'status', bundle.software_id, 'suspended');
    await expect(register(made.config, administration, bundle, made.issuer.replace(/[^/]+$/, market))).rejects.toThrow(/says no/);
    await rm(file);
  }, 90_000);

  it('lists, revokes and shows the revocation list', async () => {
    expect(await command('org', 'list')).toContain('Tally Software Ltd');
    const { software } = (await administration.ask('/api/software')) as { software: { id: string }[] };
    const { certificates } = (await administration.ask(`/api/software/${software[0]!.id}`)) as { certificates: { serial: string }[] };
    const serial = certificates[0]!.serial;
    expect(await command('software', 'revoke', software[0]!.id, serial, '--reason', 'superseded')).toContain('"status": "revoked"');
    expect(await command('crl')).toMatch(new RegExp(`${serial} │ superseded`));
  }, 60_000);

  it('says in one line what went wrong', async () => {
    const failed = (...args: string[]) => command(...args).then(() => 'fine', (error: { stderr: string }) => error.stderr.trim());
    expect(await failed('software', 'show', 'nobody')).toBe('The directory says no (404): no such software');
    expect(await failed('--token', 'wrong-token-of-somebody-else', 'org', 'list')).toMatch(/^The directory says no \(401\): /);
    expect(await failed('register', '--file', '/nowhere.json', '--issuer', 'https://x.example')).toBe('/nowhere.json cannot be read (ENOENT).');
  }, 60_000);
});
