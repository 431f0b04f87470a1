import { marketNamed, type Journey } from '@assent/markets';
import { beginJourney, join, type Joined, type Player } from '@assent/relying-party';
import { customers } from '@assent/testing/fapi';
import { readFile } from 'node:fs/promises';
import { join as pathOf } from 'node:path';
import { joinableMarkets } from '../support/joinable-markets.js';
import { startStack, type Stack } from '../support/stack.js';

/* What `npm run demo` does in every market: directory, statement, registration, consent, authorization, resources, end, refused. */

const markets = ['uk', 'brazil', 'cdr', 'ksa', 'ksa-v1', 'uae', 'connectid', 'fdx'];

const account = (id: string, name: string, iban: string, currency: string) => ({ id, name, iban, currency, openingBalance: '2140.55', historyDays: 20 });
/** Ana banks in the currencies of the markets that have payments. */
const ana = {
  id: 'customer-ana',
  ...customers.ana,
  displayName: 'Ana Duarte',
  claims: { name: 'Ana Duarte', given_name: 'Ana', family_name: 'Duarte', birthdate: '1988-04-12', cpf: '76109277673', national_identification_number: '1111111111' },
  accounts: [account('ana-everyday', 'Everyday account', 'GB09HBNK40010112344821', 'GBP'), account('ana-reais', 'Account in reais', 'GB15HBNK40010155120937', 'BRL'), account('ana-dirhams', 'Account in dirhams', 'GB54HBNK40010144731826', 'AED')],
};

let stack: Stack;
let directory: { readonly url: string; readonly adminToken: string };
const joined = new Map<string, Promise<Joined>>();

beforeAll(async () => {
  stack = await startStack({ clients: [], directory: {}, sections: (ports) => ({ ...joinableMarkets(markets, ports), customers: [ana] }) });
  directory = { url: `https://localhost:${stack.ports.directory}`, adminToken: (await readFile(pathOf(stack.config.dataFolder, 'directory', 'admin-token'), 'utf8')).trim() };
}, 120_000);
afterAll(async () => {
  for (const one of joined.values()) await one.then(({ close }) => close());
  await stack?.stop();
});

const issuerOf = (market: string): string => `https://localhost:${stack.ports.as}/${market}`;

/** The third party of a market, joined once. */
function partyOf(market: string): Promise<Joined> {
  const known =
    joined.get(market) ??
    join({
      market: marketNamed(market),
      issuer: issuerOf(market),
      directory,
      organisation: { legalName: 'Tally Software Ltd', country: 'GB', registerNumber: `9876543210${markets.indexOf(market)}` },
      software: { name: 'Tally Budget', redirectUris: ['https://tally.example/callback'] },
      authorities: [stack.ca],
      tell: (_title, run) => run(),
    });
  joined.set(market, known);
  return known;
}

const every = markets.flatMap((market) => (marketNamed(market).journeys ?? []).map((journey): [string, string, Journey] => [market, journey.name, journey]));

it.each(every)('%s: %s', async (market, _name, journey) => {
  const { tpp } = await partyOf(market);
  const told: string[] = [];
  const player: Player = {
    tpp,
    issuer: issuerOf(market),
    base: `https://localhost:${stack.ports.rs}/${market}`,
    customer: stack.config.customers.find(({ login }) => login === customers.ana.login)?.claims ?? {},
    tell: async (title, run) => {
      const result = await run();
      told.push(title);
      return result;
    },
    now: () => new Date(),
  };
  const { url, finish } = await beginJourney(player, journey);
  const visitor = stack.visitor();
  // A request object by value is answered by a redirect to its reference.
  const opened = await visitor.open(url);
  const allowed = await finish(await visitor.approve(opened.status === 303 ? new URL(opened.headers.get('location') ?? '', url) : url, customers.ana));
  await allowed.call();
  await allowed.end();
  // `finish`, `call` and `end` throw for whatever does not go as the journey says; nothing of it may be left out.
  expect(told).toEqual(expect.arrayContaining(['Tokens', ...journey.calls.map(({ says }) => says)]));
  if (journey.consumed !== true) expect(told).toContain('The API refuses the token within a second');
});
