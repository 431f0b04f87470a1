import type { Bundle } from '@assent/directory';
import { verifyCrl } from '@assent/pki/verify';
import { systemClock } from '@assent/protocol';
import Table from 'cli-table3';
import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { Administration } from './directory/administration.js';
import { register } from './directory/register.js';
import { command, configOf, run } from './launch/command.js';
import { Failure } from './launch/failure.js';

interface Options {
  readonly config?: string;
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

const program = command('npm run directory --', 'The directory: organisations, software, certificates, software statements.');
program.option('--url <url>', 'another directory than the configured one').option('--token <token>', 'the administrator token (ASSENT_DIRECTORY_TOKEN; in development that of the data folder)').option('--json', 'print JSON');

type Work = (directory: Administration, config: Awaited<ReturnType<typeof configOf>>) => Promise<void>;
const withDirectory = (work: Work): Promise<void> =>
  run(async () => {
    const options = program.opts<Options>();
    const config = await configOf(options);
    const directory = await Administration.open(config, options);
    await work(directory, config).finally(() => directory.close());
  });

type Row = Record<string, unknown>;
function print(value: unknown, table?: () => { readonly head: readonly string[]; readonly rows: readonly (readonly unknown[])[] }): void {
  if (program.opts<Options>().json || !table) return console.log(JSON.stringify(value, undefined, 2));
  const { head, rows } = table();
  const made = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  made.push(...rows.map((row) => row.map((cell) => String(cell ?? ''))));
  console.log(made.toString());
}

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
const rolesText = (row: Row): string => (row['roles'] as { market: string; role: string }[]).map(({ market, role }) => `${market}/${role}`).join(' ');

const org = program.command('org').description('organisations');
org
  .command('create')
  .requiredOption('--name <name>', 'legal name')
  .requiredOption('--country <code>', 'two capital letters')
  .requiredOption('--number <number>', 'register number')
  .option('--market <market>', 'every role of this market; again for another', several)
  .description('create an organisation')
  .action(({ name, country, number, market = [] }: { name: string; country: string; number: string; market?: readonly string[] }) =>
    withDirectory(async (directory) => print(await directory.ask('/api/organisations', { body: { legal_name: name, country, register_number: number, markets: market } }))));
org
  .command('list')
  .description('list organisations')
  .action(() =>
    withDirectory(async (directory) => {
      const { organisations } = (await directory.ask('/api/organisations')) as { organisations: Row[] };
      print(organisations, () => ({ head: ['Id', 'Legal name', 'Country', 'Status', 'Roles'], rows: organisations.map((one) => [one['id'], one['legal_name'], one['country'], one['status'], rolesText(one)]) }));
    }));
org
  .command('status <id> <status>')
  .description('active, suspended or revoked (for good)')
  .action((id: string, status: string) => withDirectory(async (directory) => print(await directory.ask(`/api/organisations/${id}`, { method: 'PATCH', body: { status } }))));

const software = program.command('software').description('software of organisations');
interface NewSoftware {
  readonly org: string;
  readonly name: string;
  readonly redirect: readonly string[];
  readonly market: string;
  readonly out?: string;
}
software
  .command('create')
  .requiredOption('--org <id>', 'its organisation')
  .requiredOption('--name <name>', 'its name')
  .requiredOption('--redirect <uri>', 'where a customer comes back to; again for another', several)
  .requiredOption('--market <market>', 'the market it joins: certificates have its form')
  .option('--out <file>', 'write everything, private keys too, to this file (readable by you only); left out: print it')
  .description('create software with its certificates and keys')
  .action((options: NewSoftware) => withDirectory((directory) => createSoftware(directory, options)));

async function createSoftware(directory: Administration, { org: organisation, name, redirect, market, out }: NewSoftware): Promise<void> {
  const { markets } = (await directory.ask('/api/markets')) as { markets: { name: string; encrypts: boolean; roles: unknown[] }[] };
  const known = markets.find((one) => one.name === market);
  if (!known) throw new Failure(`There is no market ${market}: ${markets.map((one) => one.name).join(', ')}.`);
  const made = await directory.ask('/api/software', { body: { organisation_id: organisation, client_name: name, redirect_uris: redirect, ...(known.roles.length > 0 ? { markets: [market] } : { roles: [] }) } });
  const id = made['id'] as string;
  const certify = (purpose: string): Promise<Row> => directory.ask(`/api/software/${id}/certificates`, { body: { purpose, market } });
  const [transport, signing] = [await certify('transport'), await certify('signing')];
  const encryption = known.encrypts ? await certify('encryption') : undefined;
  const keyed = (one: Row): { certificate: string; private_jwk: unknown } => ({ certificate: one['certificate'] as string, private_jwk: one['private_jwk'] });
  const bundle: Bundle = {
    directory: directory.url,
    market,
    software_id: id,
    organisation_id: organisation,
    api_key: made['api_key'] as string,
    jwks_uri: made['jwks_uri'] as string,
    redirect_uris: redirect,
    authority: transport['authority'] as string,
    transport: { certificate: transport['certificate'] as string, private_key: transport['private_key'] as string },
    signing: keyed(signing),
    ...(encryption ? { encryption: keyed(encryption) } : {}),
  };
  if (out === undefined) return print(bundle);
  await writeFile(out, `${JSON.stringify(bundle, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`${out} cannot be written (${error.code}).`);
  });
  console.log(`Software ${id}: certificates, keys and API key are in ${out}.`);
}

software
  .command('list')
  .option('--market <market>', 'only of this market')
  .description('list software')
  .action(({ market }: { market?: string }) =>
    withDirectory(async (directory) => {
      const { software: all } = (await directory.ask(`/api/software${market === undefined ? '' : `?market=${encodeURIComponent(market)}`}`)) as { software: Row[] };
      print(all, () => ({ head: ['Id', 'Name', 'Organisation', 'Status', 'Roles'], rows: all.map((one) => [one['id'], one['client_name'], (one['organisation'] as Row)['legal_name'], one['status'], rolesText(one)]) }));
    }));
software
  .command('show <id>')
  .description('show software with its certificates')
  .action((id: string) => withDirectory(async (directory) => print(await directory.ask(`/api/software/${id}`))));
software
  .command('status <id> <status>')
  .description('active, suspended or revoked (for good)')
  .action((id: string, status: string) => withDirectory(async (directory) => print(await directory.ask(`/api/software/${id}`, { method: 'PATCH', body: { status } }))));
software
  .command('statement <id>')
  .option('--market <market>', 'in the form of this market', 'plain')
  .description('issue a software statement')
  .action((id: string, { market }: { market: string }) =>
    withDirectory(async (directory) => {
      const made = await directory.ask(`/api/software/${id}/statements?market=${encodeURIComponent(market)}`, { method: 'POST' });
      if (program.opts<Options>().json) print(made);
      else console.log(made['software_statement']);
    }));
software
  .command('certificate <id>')
  .requiredOption('--purpose <purpose>', 'transport, signing or encryption')
  .option('--market <market>', 'in the form of this market')
  .option('--csr <file>', 'for the key of this certificate request (PEM); left out: a key is made')
  .description('issue a certificate')
  .action((id: string, { purpose, market, csr }: { purpose: string; market?: string; csr?: string }) =>
    withDirectory(async (directory) => print(await directory.ask(`/api/software/${id}/certificates`, { body: { purpose, ...(market === undefined ? {} : { market }), ...(csr === undefined ? {} : { csr: await readText(csr) }) } }))));
software
  .command('revoke <id> <serial>')
  .option('--reason <reason>', 'as RFC 5280 names it', 'unspecified')
  .description('revoke a certificate')
  .action((id: string, serial: string, { reason }: { reason: string }) => withDirectory(async (directory) => print(await directory.ask(`/api/software/${id}/certificates/${serial}/revocation`, { body: { reason } }))));

program
  .command('crl')
  .description('fetch, verify and show the revocation list')
  .action(() =>
    withDirectory(async (directory) => {
      const authority = new X509Certificate(await directory.fetch('/ca/directory.cer'));
      const list = verifyCrl(await directory.fetch('/crl/directory.crl'), [authority], systemClock.now());
      const revoked = [...list.revoked].map(([serial, reason]) => ({ serial, reason }));
      print({ number: String(list.number), this_update: list.thisUpdate, next_update: list.nextUpdate, revoked }, () => ({ head: ['Serial', 'Reason'], rows: revoked.map(({ serial, reason }) => [serial, reason]) }));
    }));

program
  .command('register')
  .requiredOption('--file <file>', 'what software create or the page wrote')
  .requiredOption('--issuer <url>', 'where: an issuer of its market')
  .description('register software at an issuer, in the way of its market')
  .action(({ file, issuer }: { file: string; issuer: string }) =>
    withDirectory(async (directory, config) => {
      const answer = await register(config, directory, JSON.parse(await readText(file)) as Bundle, issuer.replace(/\/$/, ''));
      if (answer) print(answer);
      else console.log('Nobody registers in this market: its issuers read the directory on a schedule.');
    }));

await program.parseAsync();

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Failure(`${file} cannot be read (${error.code}).`);
  });
}
