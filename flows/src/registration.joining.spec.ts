import { marketNamed } from '@assent/markets';
import { join, type Joined } from '@assent/relying-party';
import { Message, send } from '@assent/testing/fapi';
import { readFile } from 'node:fs/promises';
import { join as pathOf } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { joinableMarkets } from './support/joinable-markets.js';
import { startStack, type Stack } from './support/stack.js';

/* Joining every market through the local directory, as its third parties do, and leaving it again there. */

const markets = ['uk', 'brazil', 'cdr', 'ksa', 'ksa-v1', 'uae', 'connectid', 'fdx'];

let stack: Stack;
let adminToken: string;
let url: string;
const joined: Joined[] = [];

beforeAll(async () => {
  stack = await startStack({ clients: [], directory: {}, sections: (ports) => joinableMarkets(markets, ports, { statusEvery: '1s' }) });
  url = `https://localhost:${stack.ports.directory}`;
  adminToken = (await readFile(pathOf(stack.config.dataFolder, 'directory', 'admin-token'), 'utf8')).trim();
}, 120_000);
afterAll(async () => {
  for (const one of joined) await one.close();
  await stack?.stop();
});

const issuerOf = (market: string): string => `https://localhost:${stack.ports.as}/${market}`;

async function joining(market: string): Promise<Joined> {
  const one = await join({
    market: marketNamed(market),
    issuer: issuerOf(market),
    directory: { url, adminToken },
    organisation: { legalName: `Tally in ${market}`, country: 'GB', registerNumber: `1234567890123${markets.indexOf(market)}` },
    software: { name: 'Tally Budget', redirectUris: ['https://tally.example/callback'], recipientBaseUri: 'https://tally.example/cdr' },
    authorities: [stack.ca],
    tell: async (_says, work) => work(),
  });
  joined.push(one);
  return one;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 200; turn += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  throw new Error('it did not come about');
}

it.each(markets)('joins %s, and is suspended when the directory suspends it', async (market) => {
  const { tpp } = await joining(market);
  const find = () => stack.database.stores.registeredClients.find(issuerOf(market), tpp.clientId);
  expect(await find()).toMatchObject({ status: 'active', softwareId: tpp.softwareId, metadata: { client_name: 'Tally Budget', organisation: { legal_name: `Tally in ${market}` } } });
  expect(stack.as.engine.registry.find(issuerOf(market), tpp.clientId)?.organisation?.id).toBe(tpp.organisationId);
  const status = async (value: string): Promise<void> => {
    const answer = await send(new Message({ method: 'PATCH', url: `${url}/api/software/${tpp.softwareId}`, headers: [['authorization', `Bearer ${adminToken}`], ['content-type', 'application/json']], body: JSON.stringify({ status: value }) }), { ca: stack.ca });
    expect(answer.status).toBe(200);
  };
  await status('suspended');
  await until(async () => (await find())?.status === 'suspended');
  await until(async () => stack.as.engine.registry.find(issuerOf(market), tpp.clientId) === undefined);
  await status('active');
  await until(async () => (await find())?.status === 'active');
});
