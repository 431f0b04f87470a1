import { spokenScopes } from '@assent/markets';
import { clustersOf, type Cluster } from '@assent/pages';
import type { AskedRequest, ClaimsRequest, Client, Grant, Handle } from '@assent/protocol';
import type { IssuerRuntime } from '../engine.js';

/** A request and where it was made. */
export interface Asked {
  readonly request: AskedRequest;
  readonly issuer: IssuerRuntime;
  /**
   * Whether a request names its customer to the client whatever else it asks for (`openid`, CIBA section 7.1): beside a
   * payment, the payment's page says so, and there is no other page about it.
   */
  readonly namesCustomer?: boolean;
}

/** The same with who asks, and where what follows from it lies. */
export interface AskedByClient extends Asked {
  readonly client: Client;
  readonly handle: Handle;
}

/** Claims that say how the customer signed in: they need no record of the customer. */
const aboutSignIn = ['sub', 'acr', 'amr', 'auth_time'];

/**
 * The claims of a request as far as this issuer delivers them. Only these are shown, and only these go into the grant:
 * a claim that is not on the page must not come out of a token later (OIDC-05).
 */
export function deliveredClaims({ request, issuer }: Asked): ClaimsRequest | undefined {
  const { claims } = request;
  if (!claims) return undefined;
  const known = new Set([...issuer.config.claims, ...aboutSignIn]);
  const keep = <T>(members: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(members).filter(([name]) => known.has(name)));
  return { ...(claims.userinfo ? { userinfo: keep(claims.userinfo) } : {}), ...(claims.id_token ? { id_token: keep(claims.id_token) } : {}) };
}

/** Everything the request asks for, as the consent page explains it. */
export const clustersAsked = (asked: Asked): readonly Cluster[] => clustersOf(spokenScopes(asked.request.scope, asked.issuer.config.market), deliveredClaims(asked));

/** Whether all that is asked for was on the page the customer said yes to. */
export function coversAll(grant: Pick<Grant, 'scope' | 'claims'>, asked: Asked): boolean {
  const shown = new Set(clustersOf(spokenScopes(grant.scope, asked.issuer.config.market), grant.claims).map(nameOf));
  return clustersAsked(asked).every((cluster) => shown.has(nameOf(cluster)));
}

const nameOf = (cluster: Cluster): string => (cluster.id === 'other' ? `other ${cluster.name}` : cluster.id);
