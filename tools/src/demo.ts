import { loadConfig, type AssentConfig } from '@assent/config';
import type { Client } from '@assent/protocol';
import { isMarketIssuer, type MarketIssuer } from '@assent/relying-party';
import { launchChromium } from '@assent/testing';
import { Command } from 'commander';
import { runBackchannelFlow } from './demo/backchannel-flow.js';
import { openParty } from './demo/client.js';
import { runFlow } from './demo/flow.js';
import { runGrantFlow } from './demo/grant-flow.js';
import { runHybridFlow } from './demo/hybrid-flow.js';
import { runMarket } from './demo/market-flow.js';
import { failure, printedSteps } from './demo/steps.js';

interface Options {
  readonly config?: string;
  readonly issuer?: string;
  readonly client?: string;
  readonly customer?: string;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The clients to play: of one issuer or all, one or all. */
function cast(config: AssentConfig, options: Options): readonly { readonly issuer: string; readonly client: Client }[] {
  const chosen = (config.relyingParty?.clients ?? []).filter(
    ({ issuer, clientId }) => (options.issuer === undefined || options.issuer === issuer) && (options.client === undefined || options.client === clientId),
  );
  return chosen.flatMap(({ issuer: name, clientId }) => {
    const issuer = config.issuers.find((candidate) => candidate.name === name);
    const client = issuer?.clients.find((candidate) => candidate.client_id === clientId);
    return issuer && client && (client.redirect_uris.length > 0 || asksByBackchannel(client)) ? [{ issuer: issuer.issuer, client }] : [];
  });
}

/** Third parties of markets register themselves: there is no client to name. */
const marketsAsked = ({ issuers }: AssentConfig, { issuer, client }: Options): readonly MarketIssuer[] => (client === undefined ? issuers.filter(isMarketIssuer).filter(({ name }) => issuer === undefined || issuer === name) : []);

const asksByBackchannel = ({ backchannel_token_delivery_mode: mode }: Client): boolean => mode !== undefined;

async function demo(options: Options): Promise<void> {
  const config = await loadConfig({ ...(options.config === undefined ? {} : { file: options.config }), env: process.env, cwd: process.cwd() });
  const customer = config.customers.find(({ login }) => options.customer === undefined || login === options.customer);
  const password = customer?.password?.reveal();
  if (!customer || password === undefined) throw new Error('customers: the demo needs one with a password in the configuration');
  const parties = cast(config, options);
  const markets = marketsAsked(config, options);
  if (parties.length + markets.length === 0) {
    const known = [...(config.relyingParty?.clients ?? []).map(({ issuer, clientId }) => `${clientId} at ${issuer}`), ...config.issuers.filter(isMarketIssuer).map(({ name }) => name)];
    throw new Error(`no client matches --issuer and --client; there are ${known.join(', ')}`);
  }
  await refuseWhenDown(config);
  const browser = await launchChromium();
  let flows = 0;
  try {
    for (const { issuer, client } of parties) {
      const constraint = client.dpop_bound_access_tokens ? 'tokens bound by DPoP' : client.tls_client_certificate_bound_access_tokens ? 'tokens bound by mTLS' : 'bearer tokens';
      print(`\n${client.client_name}: ${client.token_endpoint_auth_method}, ${constraint}, at ${issuer}`);
      const party = await openParty(config, issuer, client);
      try {
        const redirectUri = client.redirect_uris[0] ?? '';
        const scene = { party, redirectUri, resource: config.resourceServer.resource, customer: { login: customer.login, password }, browser, steps: printedSteps(print) };
        if (asksByBackchannel(client)) await runBackchannelFlow(scene, config);
        else await runFlow(scene);
        flows += 1;
        if (client.response_types.includes('code id_token')) {
          print(`\n${client.client_name}, code id_token`);
          await runHybridFlow(scene);
          flows += 1;
        }
        if (!managesGrants(client)) continue;
        print(`\n${client.client_name} manages a grant`);
        await runGrantFlow(scene);
        flows += 1;
      } finally {
        await party.close();
      }
    }
    for (const issuer of markets) {
      print(`\n${issuer.market.title}: a third party joins, at ${issuer.issuer}`);
      const heading = (text: string) => print(`\n  ${text}`);
      flows += await runMarket({ config, issuer, customer: { login: customer.login, password, claims: customer.claims }, browser, steps: printedSteps(print), heading });
    }
  } finally {
    await browser.close();
  }
  print(`\nAll ${flows} flows went as specified.`);
}

/** Whether the client may manage grants, and ask for account data in detail. */
const managesGrants = ({ scope, authorization_details_types: types = [] }: Client): boolean => scope.includes('grant_management_query') && types.includes('account_information');

/** One clear line instead of a chain of connection errors. */
async function refuseWhenDown(config: AssentConfig): Promise<void> {
  const { host, port } = config.authorizationServer.health;
  try {
    const response = await fetch(`http://${host}:${port}/health/ready`);
    if (!response.ok) throw new Error(`health answers ${response.status}`);
  } catch (error) {
    throw new Error(`the stack is not running at ${config.authorizationServer.publicUrl}: start it with npm start`, { cause: error });
  }
}

const program = new Command('npm run demo --')
  .description('Drives the whole flow against the running stack: discovery to revocation, through the real pages.')
  .option('--config <file>', 'configuration of the running stack')
  .option('--issuer <name>', 'only clients of this issuer')
  .option('--client <id>', 'only this client')
  .option('--customer <login>', 'who signs in');

program.parse();
try {
  await demo(program.opts<Options>());
} catch (error) {
  print(`\nThe demo failed: ${failure(error).join('; ')}`);
  process.exitCode = 1;
}
