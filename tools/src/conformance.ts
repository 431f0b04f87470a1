import type { AssentConfig, IssuerConfig } from '@assent/config';
import { join as joinMarket, plainMarket, readAuthorities, type Joined } from '@assent/relying-party';
import type { Conformance } from '@assent/markets';
import type { Client } from '@assent/protocol';
import { Command } from 'commander';
import { randomInt } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { plansOfProfiles } from './conformance/plans.js';
import { suiteConfiguration, type SuiteClient } from './conformance/suite-configuration.js';
import { directoryAccess } from './demo/market-flow.js';
import { command, configOf, run } from './launch/command.js';

interface Options {
  readonly config?: string;
  readonly issuer: string;
  readonly suite: string;
  readonly alias?: string;
  readonly customer?: string;
  readonly client?: string;
  readonly client2?: string;
  readonly output?: string;
}

const program = new Command('npm run conformance --').description('The conformance suite of the OpenID Foundation, set up for an issuer.');
program.addCommand(
  command('export', 'writes its configuration for one issuer of the running stack')
    .requiredOption('-i, --issuer <name>', 'the issuer under test')
    .option('-s, --suite <url>', 'where the suite runs', 'https://localhost.emobix.co.uk:8443')
    .option('-a, --alias <name>', 'the alias of the test plan: part of the redirect URI')
    .option('-u, --customer <login>', 'who signs in')
    .option('--client <id>', 'first client, of issuers whose clients stand in the configuration')
    .option('--client2 <id>', 'second client, likewise')
    .option('-o, --output <file>', 'where to write it; the terminal, unless told')
    .action((options: Options) => run(() => exportFor(options))),
);
await program.parseAsync();

async function exportFor(options: Options): Promise<void> {
  const config = await configOf(options);
  const issuer = config.issuers.find(({ name }) => name === options.issuer);
  if (!issuer) throw new Error(`no issuer is named ${options.issuer}; there are ${config.issuers.map(({ name }) => name).join(', ')}`);
  const customer = config.customers.find(({ login }) => options.customer === undefined || login === options.customer);
  const password = customer?.password?.reveal();
  if (!customer || password === undefined) throw new Error('customers: the suite signs in as one with a password in the configuration');
  const plan = planOf(config, issuer);
  const alias = options.alias ?? `assent-${issuer.name}`;
  const callback = `${options.suite}/test/a/${alias}/callback`;
  const { clients, organisationId, todo } = issuer.registration && options.client === undefined ? await joined(config, issuer, plan, callback) : await registered(config, issuer, plan, callback, options);
  const base = `${config.resourceServer.publicUrl}/${issuer.name}`;
  const text = JSON.stringify(
    suiteConfiguration({
      alias,
      description: `${issuer.market?.title ?? issuer.profile} at ${issuer.issuer}`,
      issuer: issuer.issuer,
      clients,
      customer: { login: customer.login, password },
      inputs: plan.inputs({ base, issuer: issuer.issuer, organisationId }),
    }),
    undefined,
    2,
  );
  if (options.output === undefined) process.stdout.write(`${text}\n`);
  else await writeFile(options.output, `${text}\n`, { mode: 0o600 });
  tell(plan, todo, options.output);
}

/** What is to be chosen in the suite, on the other stream than the file. */
function tell({ plan, variant, notes }: Conformance, todo: readonly string[], file: string | undefined): void {
  const lines = [
    ...(file === undefined ? [] : [`Written to ${file}. It holds private keys.`]),
    `Test plan: ${plan}`,
    `Variant:   ${Object.entries(variant).map(([name, value]) => `${name}=${value}`).join(' ')}`, // prettier-ignore
    ...notes.map((note) => `Note:      ${note}`),
    ...todo.map((step) => `To do:     ${step}`),
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}

function planOf({ resourceServer }: AssentConfig, { name, market, profile }: IssuerConfig): Conformance {
  if (market) {
    if (market.conformance) return market.conformance;
    throw new Error(`${name}: the suite has no test plan for ${market.title}`);
  }
  const known = plansOfProfiles[profile];
  if (!known) throw new Error(`${name}: the suite has no test plan for ${profile}; there is one for ${Object.keys(plansOfProfiles).join(', ')} and for the markets`);
  return { ...known, inputs: () => ({ resource: { resourceUrl: `${resourceServer.publicUrl}/accounts` } }) };
}

interface Exported {
  readonly clients: readonly [SuiteClient, SuiteClient];
  readonly organisationId: string;
  readonly todo: readonly string[];
}

/** Two pieces of software join through the directory, as the demo's do. */
async function joined(config: AssentConfig, { issuer, market: own, profile }: IssuerConfig, plan: Conformance, callback: string): Promise<Exported> {
  const market = own ?? plainMarket;
  const authorities = await readAuthorities(config);
  const directory = await directoryAccess(config);
  const one = async (which: string): Promise<Joined> => {
    const made = await joinMarket({
      market,
      issuer,
      metadata: { scope: plan.scope, ...plansOfProfiles[profile]?.metadata },
      directory,
      authorities,
      organisation: { legalName: `Conformance ${which} Ltd`, country: 'GB', registerNumber: `C${String(randomInt(1e9)).padStart(9, '0')}` },
      // The second client's redirect URI has a query, which must be matched as it stands (FAPI 1.0 Advanced and FAPI 2.0 plans).
      software: { name: `Conformance suite, ${which}`, redirectUris: which === 'first' ? [callback] : [`${callback}?dummy1=lorem&dummy2=ipsum`, callback] },
      tell: (_title, step) => step(),
    });
    await made.close();
    return made;
  };
  const [first, second] = [await one('first'), await one('second')];
  const clientOf = ({ tpp, secrets }: Joined): SuiteClient => ({ clientId: tpp.clientId, scope: plan.scope, ...secrets, ...(plansOfProfiles[profile]?.metadata['dpop_bound_access_tokens'] === true && { more: { dpop_signing_alg: 'PS256' } }) });
  return { clients: [clientOf(first), clientOf(second)], organisationId: first.tpp.organisationId, todo: [] };
}

/** Two clients of the configuration, whose keys lie in the data folder. */
async function registered(config: AssentConfig, issuer: IssuerConfig, plan: Conformance, callback: string, options: Options): Promise<Exported> {
  const asks = issuer.clients.filter(({ redirect_uris: uris, backchannel_token_delivery_mode: mode }) => uris.length > 0 || mode !== undefined);
  const fits = asks.filter(({ token_endpoint_auth_method: method }) => method === plan.variant['client_auth_type']);
  const [first, second] = [options.client, options.client2].map((id, index) => (id === undefined ? fits[index] : asks.find(({ client_id: known }) => known === id)));
  if (!first || !second) throw new Error(`${issuer.name}: the suite wants two clients with ${plan.variant['client_auth_type'] ?? 'the same authentication'}; add one to the configuration, or name two with --client and --client2 of ${asks.map(({ client_id: id }) => id).join(', ')}`);
  const missing = [first, second].flatMap((client, index) => {
    const uri = index === 0 ? callback : `${callback}?dummy1=lorem&dummy2=ipsum`;
    return client.redirect_uris.length === 0 || client.redirect_uris.includes(uri) ? [] : [`add ${uri} to redirect_uris of ${client.client_id} in the configuration, and start again`];
  });
  return { clients: [await readClient(config, first, plan), await readClient(config, second, plan)], organisationId: '', todo: missing };
}

async function readClient({ dataFolder }: AssentConfig, { client_id: id, dpop_bound_access_tokens: dpop }: Client, { scope }: Conformance): Promise<SuiteClient> {
  const stem = join(dataFolder, 'pki', 'clients', id);
  const [jwks, certificate, privateKey, authority] = await Promise.all([`${stem}.jwks.json`, `${stem}.crt.pem`, `${stem}.key.pem`, join(dataFolder, 'pki', 'clients-ca.crt.pem')].map((file) => readFile(file, 'utf8')));
  return { clientId: id, scope, jwks: JSON.parse(jwks!) as { readonly keys: readonly object[] }, certificate: certificate!, privateKey: privateKey!, authority: authority!, ...(dpop ? { more: { dpop_signing_alg: 'PS256' } } : {}) };
}
