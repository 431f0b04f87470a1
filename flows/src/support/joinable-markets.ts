import { marketNamed } from '@assent/markets';
import type { TestPorts } from '@assent/testing/fapi';

/**
 * Sections of a configuration: an issuer for each market, which third parties join through the stack's directory.
 * `registration`: what its section says beside that.
 */
export function joinableMarkets(markets: readonly string[], ports: TestPorts, registration: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const url = `https://localhost:${ports.directory}`;
  const issuers = markets.map((market) => {
    const { onboarding } = marketNamed(market);
    const issuer = onboarding.kind === 'configured' ? url : (onboarding.dialect.statement?.issuer ?? url);
    const sync = onboarding.kind === 'synced' ? { sync: { url: `${url}/api/participants?market=${market}`, every: '1s' } } : {};
    return { name: market, market, registration: { statementIssuers: [{ issuer, jwksUri: `${url}/keystore/directory.jwks`, apiUrl: `${url}/api` }], ...registration, ...sync } };
  });
  return { issuers: [{ name: 'fapi2', profile: 'fapi2-security' }, ...issuers], resourceServer: { publicUrl: `https://localhost:${ports.rs}`, port: ports.rs, healthPort: ports.rsHealth } };
}
