import type { AssentConfig } from '@assent/config';
import { adminTokenFile } from '@assent/directory';
import type { Journey } from '@assent/markets';
import { systemClock } from '@assent/protocol';
import { beginJourney, join, readAuthorities, type Joined, type Joining, type MarketIssuer, type Player } from '@assent/relying-party';
import type { Browser } from 'playwright-core';
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { approve, type Customer } from './browser.js';
import type { Steps } from './steps.js';

export interface MarketScene {
  readonly config: AssentConfig;
  readonly issuer: MarketIssuer;
  readonly customer: Customer & { readonly claims: Readonly<Record<string, unknown>> };
  readonly browser: Browser;
  readonly steps: Steps;
  /** Says which journey begins. */
  readonly heading: (text: string) => void;
}

/** Where browsers come back to: the demo's own pages. Which of them answers does not matter, the address does. */
const redirectUriOf = ({ relyingParty, authorizationServer }: AssentConfig): string => `${(relyingParty ?? authorizationServer).publicUrl}/markets/callback`;

/**
 * A third party from nothing to a refused token: directory, statement, registration, and each journey of the market with
 * consent, authorization, resources, the end of the consent, and what is refused afterwards. Resolves with the number of journeys.
 */
export async function runMarket(scene: MarketScene): Promise<number> {
  const { config, issuer, steps } = scene;
  const { market } = issuer;
  const joined = await join({
    market,
    issuer: issuer.issuer,
    directory: await directoryAccess(config),
    organisation: { legalName: 'Tally Software Ltd', country: 'GB', registerNumber: `T${String(randomInt(1e9)).padStart(9, '0')}` },
    software: { name: 'Tally Budget', redirectUris: [redirectUriOf(config)] },
    authorities: await readAuthorities(config),
    tell: steps.step,
  });
  const journeys = market.journeys ?? [];
  try {
    for (const journey of journeys) {
      scene.heading(journey.says);
      await runJourney(scene, joined, journey);
    }
  } finally {
    await joined.close();
  }
  return journeys.length;
}

async function runJourney({ config, issuer, customer, browser, steps }: MarketScene, { tpp }: Joined, journey: Journey): Promise<void> {
  const player: Player = { tpp, issuer: issuer.issuer, base: `${config.resourceServer.publicUrl}/${issuer.name}`, customer: customer.claims, tell: steps.step, now: () => systemClock.now() };
  const { url, finish } = await beginJourney(player, journey);
  const callback = await steps.step(`Sign-in and consent in the browser, as ${customer.login}`, () => approve(browser, url, tpp.redirectUri, customer), ({ search, hash }) => [...new URLSearchParams(search === '' ? hash.slice(1) : search).keys()].join(' '));
  const allowed = await finish(callback);
  await allowed.call();
  await allowed.end();
}

/** The stack's own directory, with what `npm start` printed: it lets organisations be made. Throws where there is none. */
export async function directoryAccess({ directory, dataFolder }: AssentConfig): Promise<Joining['directory']> {
  if (!directory) throw new Error('directory: third parties of a market join through one, and none is configured');
  return { url: directory.publicUrl, adminToken: (await readFile(adminTokenFile(dataFolder), 'utf8')).trim() };
}
