import { randomBytes } from 'node:crypto';
import Table from 'cli-table3';
import type { AssentConfig, IssuerConfig } from '@assent/config';
import { endGrants, openDatabase, type Stores } from '@assent/persistence';
import { sha256, systemClock, type AuditEvent, type RegisteredClient } from '@assent/protocol';
import { command, configOf, run } from './launch/command.js';
import { withDatabase } from './launch/database-access.js';
import { Failure } from './launch/failure.js';

interface Options {
  readonly config?: string;
  readonly issuer?: string;
  readonly note?: string;
}

const program = command('npm run registration --', 'Clients that registered themselves (docs/registration.md).');
program
  .command('token')
  .description('make an initial access token, and the hash that goes into issuers[].registration.initialAccessTokens')
  .action(token);
program
  .command('list')
  .description('show registered clients')
  .option('--issuer <name>', 'only those of this issuer')
  .action((own: Options) => withStores(own, (config, stores) => list(config, stores, own)));
for (const [name, description, work] of [
  ['suspend', 'serve a client no more for now; its grants stay', suspend],
  ['resume', 'lift a suspension of the operator’s', resume],
  ['delete', 'remove a client for good; its grants and tokens end', remove],
] as const) {
  program
    .command(name)
    .description(`${description}; running servers follow without a restart`)
    .argument('<client_id>', 'its id')
    .requiredOption('--issuer <name>', 'where it is registered')
    .option('--note <text>', 'why: it goes into the audit')
    .action((clientId: string, own: Options) => withStores(own, (config, stores) => work(named(config, own.issuer), clientId, stores, own)));
}
await program.parseAsync();

async function withStores(own: Options, work: (config: AssentConfig, stores: Stores) => Promise<void>): Promise<void> {
  await run(async () => {
    const config = await configOf({ ...program.opts<Options>(), ...own });
    await withDatabase(config, process.env, async (url) => {
      const database = await openDatabase({ url, poolSize: 1, encryptionKey: config.encryptionKey, applicationName: 'assent registration' });
      try {
        await work(config, database.stores);
      } finally {
        await database.close();
      }
    });
  });
}

/** 256 random bits. Only the hash is ever stored. */
function token(): void {
  const made = randomBytes(32).toString('base64url');
  console.log(`Token, for whoever may register: ${made}\nHash, for the configuration:      ${sha256(made).toString('base64url')}`);
}

function named({ issuers }: AssentConfig, name: string | undefined): IssuerConfig {
  const issuer = issuers.find((one) => one.name === name);
  if (!issuer) throw new Failure(`No issuer of the configuration is named ${name ?? ''}.`);
  return issuer;
}

async function list(config: AssentConfig, { registeredClients }: Stores, { issuer }: Options): Promise<void> {
  const clients = await registeredClients.list(issuer === undefined ? undefined : named(config, issuer).issuer);
  if (clients.length === 0) return console.log('No client has registered.');
  const nameOf = (client: RegisteredClient): string => config.issuers.find((one) => one.issuer === client.issuer)?.name ?? client.issuer;
  const table = new Table({ head: ['Issuer', 'Client', 'Name', 'Organisation', 'State', 'Since'], style: { head: [], border: [], compact: true } });
  for (const client of clients) {
    const { client_name: name = '', organisation } = client.metadata as { readonly client_name?: string; readonly organisation?: { readonly legal_name?: string } };
    table.push([nameOf(client), client.clientId, name, organisation?.legal_name ?? '', client.suspendedBy ? `suspended by the ${client.suspendedBy}` : client.status, client.issuedAt.toISOString()]);
  }
  console.log(table.toString());
}

function about({ issuer }: IssuerConfig, clientId: string, type: string, { note }: Options) {
  const audit: AuditEvent = { type, issuer, clientId, detail: { by: 'operator', ...(note !== undefined && { note }) } };
  return { issuer, clientId, by: 'operator', now: systemClock.now(), audit } as const;
}

function unknown({ name }: IssuerConfig, clientId: string): Failure {
  return new Failure(`No client ${clientId} is registered at ${name}.`);
}

async function suspend(issuer: IssuerConfig, clientId: string, { registeredClients }: Stores, options: Options): Promise<void> {
  const outcome = await registeredClients.suspend(about(issuer, clientId, 'registration.suspended', options));
  if (outcome === 'gone') throw unknown(issuer, clientId);
  console.log(outcome === 'suspended' ? `${clientId} is suspended: it is served no more.` : `${clientId} was suspended before.`);
}

async function resume(issuer: IssuerConfig, clientId: string, { registeredClients }: Stores, options: Options): Promise<void> {
  const outcome = await registeredClients.resume(about(issuer, clientId, 'registration.resumed', options));
  if (outcome === 'gone') throw unknown(issuer, clientId);
  console.log(outcome === 'resumed' ? `${clientId} is served again.` : `${clientId} was not suspended by the operator: nothing changes.`);
}

async function remove(issuer: IssuerConfig, clientId: string, stores: Stores, options: Options): Promise<void> {
  const { outcome } = await stores.registeredClients.remove(about(issuer, clientId, 'registration.deleted', options));
  if (outcome !== 'removed') throw unknown(issuer, clientId);
  await endGrants({ stores, clock: systemClock });
  console.log(`${clientId} is deleted: its grants and tokens have ended.`);
}
