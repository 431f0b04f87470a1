import { DetailTypes, shippedTypes } from '@assent/authorization-details';
import type { AssentConfig, IssuerConfig } from '@assent/config';
import { ClientKeys } from '@assent/crypto';
import { createFetchJson, operatorFetch, type Log } from '@assent/http';
import type { Market } from '@assent/markets';
import type { ClientRegistry, Stores } from '@assent/persistence';
import type { Clock, RevocationFeed, UseKind } from '@assent/protocol';
import { createResourceGuard, httpPorts, type HttpPorts } from '@assent/resource-guard';
import { KeyRings } from '@assent/signing-keys';
import type { Bank } from '../bank/bank.js';
import type { MarketApi } from './answer-call.js';
import { refuseRevoked } from './ended-consent.js';
import { askTheStore } from './opaque-tokens.js';
import { routerOf } from './routing.js';
import { signsAnswers } from './signed-answer.js';

export interface MarketParts {
  readonly stores: Stores;
  readonly feed: RevocationFeed;
  readonly bank: Bank;
  readonly used: (grantId: string, kind: UseKind) => void;
  readonly registry: ClientRegistry;
  readonly clock: Clock;
  readonly log: Log;
}

export interface OpenMarkets {
  readonly apis: readonly MarketApi[];
  close(): Promise<void>;
}

type InMarket = IssuerConfig & { readonly market: Market };

/** The APIs of all issuers that are part of a market; none of them, and nothing is opened. */
export async function openMarkets(config: AssentConfig, parts: MarketParts): Promise<OpenMarkets> {
  const issuers = config.issuers.filter((issuer): issuer is InMarket => issuer.market !== undefined);
  if (issuers.length === 0) return { apis: [], close: async () => undefined };
  const { stores, clock, log } = parts;
  const signing = issuers.filter(({ market }) => market.resources.routes.some(({ signed }) => signed));
  const rings = signing.length === 0 ? undefined : await KeyRings.open({ store: stores.signingKeys, issuers: signing, rotation: config.authorizationServer.keyRotation, clock, log });
  const fetchJson = createFetchJson(config.outbound, config.tls.serverAuthorityFiles);
  const outbound = operatorFetch(config);
  const clientKeys = new ClientKeys({ fetchJson, clock });
  const http = httpPorts(outbound);
  return {
    apis: issuers.map((issuer) => apiOf(config, issuer, parts, { clientKeys, http, rings })),
    close: async () => {
      await rings?.close();
      await fetchJson.close();
      await outbound.close();
    },
  };
}

interface Shared {
  readonly clientKeys: ClientKeys;
  readonly http: HttpPorts;
  readonly rings: KeyRings | undefined;
}

function apiOf(config: AssentConfig, issuer: InMarket, { stores, feed, bank, used, registry, clock }: MarketParts, { clientKeys, http, rings }: Shared): MarketApi {
  const { market, policy } = issuer;
  const [own] = issuer.resources;
  if (!own) throw new Error(`issuer ${issuer.name} of a market has no resource`);
  const guard = createResourceGuard({
    resource: own.identifier,
    publicUrl: config.resourceServer.publicUrl,
    // Its own tokens alone: whoever is trusted elsewhere is nobody here.
    issuers: [{ issuer: issuer.issuer, introspection: askTheStore(issuer.issuer, stores.accessTokens, clock) }],
    verification: 'jwt-or-introspection',
    constraints: policy.senderConstraint.filter((one) => one !== 'none'),
    algs: policy.algs,
    feed,
    refuseRevoked: refuseRevoked(stores.consents, clock),
    serves: ({ clientId }) => registry.serves(issuer.issuer, clientId),
    maxFeedAgeMs: config.resourceServer.maxFeedAge * 1000,
    http,
    description: { resource_name: own.name, scopes_supported: own.scopes, authorization_details_types_supported: own.authorizationDetailsTypes },
    clock,
  });
  const sign = signsAnswers(issuer.issuer, () => {
    const [alg = issuer.accessTokenAlg] = issuer.signingAlgs;
    if (!rings) throw new Error(`no keys were opened for ${issuer.issuer}`);
    return rings.of(issuer.issuer).signing(alg);
  });
  return {
    site: { issuer, market, base: own.identifier, guard, clientOf: (clientId) => registry.lookUp(issuer.issuer, clientId), sign, bank: { name: config.bank.name, participant: issuer.participant ?? {} } },
    router: routerOf(market.resources.routes, market.resources.headers.version),
    details: DetailTypes.of(typesOf(market)),
    clientKeys,
    bank,
    used,
    consents: stores.consents,
    grants: stores.grants,
    stores,
    spentMessages: stores.spentMessages,
    keptAnswers: stores.keptAnswers,
    audit: stores.audit,
  };
}

/** A market's type under a shipped name is the shipped one. */
const typesOf = ({ details }: Market) => details.map((type) => shippedTypes.find((shipped) => shipped.type === type.type) ?? type);
