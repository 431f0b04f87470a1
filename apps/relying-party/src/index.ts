import type { AssentConfig } from '@assent/config';
import { createLog, startApp, StartupError, transportOf, type Log } from '@assent/http';
import { agent, loadDemoClients, readAuthorities } from './client/demo-client.js';
import { BrowserSessions } from './flow/session.js';
import { marketCallback } from './market-routes.js';
import { MarketParties } from './market/parties.js';
import { renderProblem } from './pages/error.js';
import { registerRoutes, type RelyingParty } from './routes.js';

export { Mismatch } from './market/mismatch.js';
export { join, plainMarket, type Joined, type Joining } from './market/onboard.js';
export { beginJourney, readyJourney, type Allowed, type Begun, type Player, type Ready, type Tell } from './market/play.js';
export type { Tpp, TppKey } from './market/tpp.js';
export { isMarketIssuer, type MarketIssuer } from './market/visit.js';
export { readAuthorities };

/** Starts the demo third party. Its clients' keys and certificates must lie in `<dataFolder>/pki/clients`. `StartupError` when they do not. */
export async function startRelyingParty(config: AssentConfig, options: { readonly log?: Log } = {}): Promise<{ close(): Promise<void> }> {
  const { relyingParty } = config;
  if (!relyingParty) throw new StartupError('relyingParty: not configured');
  const clients = await loadDemoClients(config, relyingParty);
  const plain = agent(await readAuthorities(config));
  const around = { plain, redirectUri: `${relyingParty.publicUrl}/callback`, notifications: `${relyingParty.publicUrl}/notified`, resource: config.resourceServer.resource };
  const party: RelyingParty = { config, relyingParty, clients, sessions: new BrowserSessions(), around, markets: new MarketParties(config, `${relyingParty.publicUrl}${marketCallback}`) };
  const app = await startApp({
    server: relyingParty,
    tls: config.tls,
    mode: config.mode,
    log: options.log ?? createLog({ app: 'relying-party', level: config.logLevel }),
    routes: (fastify) => registerRoutes(fastify, party),
    errorPage: (error, request) => ({ html: renderProblem(error, transportOf(request).requestId) }),
  });
  return {
    close: async () => {
      await app.close();
      await Promise.all([party.markets.close(), plain.close(), ...clients.map(({ withCertificate }) => withCertificate.close())]);
    },
  };
}
