import { DetailTypes } from '@assent/authorization-details';
import { contradictionsOf } from '@assent/profiles';
import type { JourneyFacts } from './journey.js';
import { marketNamed, markets } from './registry.js';

/* What must hold for whichever market there is. */

const every = markets.map((market) => [market.name, market] as const);

describe.each(every)('the market %s', (name, market) => {
  it('is found by its name, which is its profile’s', () => {
    expect(marketNamed(name)).toBe(market);
    expect(name).toMatch(/^[a-z][a-z0-9-]{1,30}$/);
    expect(market.profile.name).toBe(name);
  });

  it('has a profile that holds together, each value with its source, each loosening with clause and reason', () => {
    expect(contradictionsOf(market.profile.policy)).toEqual([]);
    for (const [key, source] of Object.entries(market.profile.sources)) expect([key, source]).toEqual([key, expect.stringMatching(/^(ours|\S.*\d|\S.*unverified)/)]);
    for (const { replaces, why } of Object.values(market.profile.loosenings)) expect([replaces, why]).not.toContain('');
  });

  it('says what was not verified, if it is experimental', () => {
    if (market.maturity === 'experimental') expect(market.unverified).not.toEqual([]);
    for (const sentence of market.unverified) expect(sentence).toMatch(/^\S.*[.:]$/s);
  });

  it('has detail types whose schemas are closed and bounded', () => {
    expect(DetailTypes.of(market.details).names).toEqual(market.details.map(({ type }) => type));
  });

  it('names a clause for whatever it does', () => {
    const { consent, refreshTokens, interactionId, onboarding, resources } = market;
    for (const { clause } of [consent, refreshTokens, interactionId, onboarding, ...resources.routes]) expect(clause).not.toBe('');
  });

  it('has each address once, with scopes its resource knows', () => {
    const addresses = market.resources.routes.map(({ method, path }) => `${method} ${path}`);
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const { path, access, says } of market.resources.routes) {
      expect([path, says]).toEqual([expect.stringMatching(/^\/[\w./:-]*$/), expect.stringMatching(/\.$/)]);
      if ('scope' in access && access.scope !== undefined) expect([path, market.issuer.resourceScopes]).toEqual([path, expect.arrayContaining([access.scope])]);
    }
  });

  it('answers each error with a body or none, never with less than the status', () => {
    for (const status of [400, 401, 403, 404, 405, 409, 415, 422, 429, 500, 503]) {
      const answer = market.resources.error({ status, code: 'invalid_request', description: 'no', interactionId: 'a', now: new Date(0) });
      expect(answer.status).toBe(status);
    }
  });

  it('has journeys whose steps lead to its own addresses', () => {
    const issuer = 'https://as.example/market';
    const known = market.resources.routes.map(({ method, path }) => [method, new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`)] as const);
    const answer: unknown = new Proxy({}, { get: (_target, name) => (name === Symbol.toPrimitive ? () => 'x' : /^(.*Id|consentId|Status|status)$/.test(String(name)) ? 'x' : answer), has: () => true });
    const facts: JourneyFacts = {
      clientId: 'c', organisationId: 'o', issuer, base: 'https://rs.example/market', consent: 'urn:bank:x', customer: {}, now: new Date('2027-01-01T00:00:00Z'), uuid: () => '6a2f41a3-c54c-4ce8-8d3b-0324e1c32e22',
      answers: new Proxy({}, { get: () => answer }), endpoint: (member) => `${issuer}/${member}`,
    }; // prettier-ignore
    expect(market.journeys?.length ?? 0).toBeGreaterThan(0);
    for (const { lodge, calls, revoke } of market.journeys ?? []) {
      for (const step of [lodge, revoke, ...calls]) {
        if (!step) continue;
        const url = step.url(facts);
        if (!url.startsWith('https:')) expect([step.says, step.method, url, known.some(([method, path]) => method === step.method && path.test(url))]).toEqual([step.says, step.method, url, true]);
      }
    }
  });
});
