import type { Market, MarketDetailType, MarketRoute } from '@assent/markets';

/** What a market has beside its security profile, as an engineer reads it. */
export interface ExplainedMarket {
  readonly name: string;
  readonly title: string;
  readonly maturity: Market['maturity'];
  readonly unverified: readonly string[];
  readonly strategies: readonly { readonly name: string; readonly says: string; readonly clause: string }[];
  readonly defaults: Market['issuer'];
  readonly routes: readonly { readonly address: string; readonly token: string; readonly body: string; readonly says: string; readonly clause: string }[];
  readonly details: readonly ExplainedDetails[];
}

interface ExplainedDetails {
  readonly type: string;
  readonly kind: string;
  readonly lodged: boolean;
  readonly enforced: readonly string[];
  /** With the headings a customer reads for each. */
  readonly permissions: readonly { readonly name: string; readonly reads: readonly string[] }[];
}

export const explainMarket = (market: Market): ExplainedMarket => ({
  name: market.name,
  title: market.title,
  maturity: market.maturity,
  unverified: market.unverified,
  strategies: strategiesOf(market),
  defaults: market.issuer,
  routes: market.resources.routes.map(explainRoute),
  details: market.details.map(explainDetails),
});

function strategiesOf(market: Market): ExplainedMarket['strategies'] {
  const { consent, refreshTokens, interactionId, onboarding, profile, introspection, arrangements, least = [] } = market;
  return [
    { name: 'consent', says: `travels as ${consent.says}`, clause: consent.clause },
    { name: 'refresh tokens', says: `live as long as the consent${refreshTokens.life === 'consent' ? '' : '; none for a consent of one use'}${profile.policy.rotateRefreshTokens ? '; rotated' : '; never rotated'}`, clause: refreshTokens.clause },
    { name: 'ID tokens encrypted', says: profile.policy.idTokenEncryption, clause: profile.sources.idTokenEncryption },
    { name: 'x-fapi-interaction-id', says: interactionId.at.length === 0 ? 'at the API alone' : `at ${interactionId.at.join(', ')}; absent: ${interactionId.whenAbsent}`, clause: interactionId.clause },
    { name: 'joining', says: joiningOf(market), clause: onboarding.clause },
    ...least.map(({ key, seconds, clause }) => ({ name: key, says: `${seconds} seconds at least`, clause })),
    ...(introspection ? [{ name: 'introspection', says: `of ${introspection.of.join(', ')}`, clause: introspection.clause }] : []),
    ...(arrangements ? [{ name: arrangements.member, says: `<issuer>/${arrangements.path}, by ${arrangements.parameter}`, clause: arrangements.clause }] : []),
  ];
}

const joiningOf = ({ onboarding }: Market): string => (onboarding.kind === 'configured' ? 'the operator writes clients into the configuration' : onboarding.dialect.says);

function explainRoute({ method, path, says, clause, access, body, signed, versions }: MarketRoute): ExplainedMarket['routes'][number] {
  const [detached, key] = [body?.detachedSignature, body?.idempotencyKey];
  const parts = [...(body ? [body.as === 'jwt' ? 'signed JWT' : body.as] : []), ...(detached ? [`${detached.header} ${detached.demand}`] : []), ...(key ? [`${key.header} ${key.demand}`] : []), ...(signed ? [`answer: ${signed.as === 'jwt' ? 'signed JWT' : signed.header}`] : [])];
  return { address: `${method} ${path}${versions ? ` (v${versions.join(', v')})` : ''}`, token: tokenOf(access), body: parts.join('\n'), says, clause };
}

function tokenOf(access: MarketRoute['access']): string {
  switch (access.as) {
    case 'any':
      return '(none)';
    case 'client':
      return `the client’s own: ${access.scope}`;
    case 'either':
      return `the client’s own or of a consent: ${access.scope}`;
    case 'customer':
      return ['of a consent', ...(access.scope === undefined ? [] : [access.scope]), ...(access.permissions ? [access.permissions.join(' or ')] : [])].join(': ');
  }
}

function explainDetails(type: MarketDetailType): ExplainedDetails {
  const names = permissionsIn(type.schema) ?? [];
  return { type: type.type, kind: type.kind, lodged: type.lodged, enforced: type.enforced, permissions: names.map((name) => ({ name, reads: readsOf(type, name) })) };
}

/** The words a member `permissions` (in any case, at any depth) may hold. */
function permissionsIn(schema: unknown): readonly string[] | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const { properties } = schema as { readonly properties?: Readonly<Record<string, unknown>> };
  for (const [name, member] of Object.entries(properties ?? {})) {
    const words = (member as { readonly items?: { readonly enum?: readonly string[] } }).items?.enum;
    if (/^(permissions|dataClusters)$/i.test(name) && words) return words;
    const below = permissionsIn(member) ?? permissionsIn((member as { readonly items?: unknown }).items);
    if (below) return below;
  }
  return undefined;
}

/** Of details that hold nothing but permissions; others say more than one permission can tell. */
function readsOf(type: MarketDetailType, name: string): readonly string[] {
  if (!('permissions' in type.schema.properties)) return [];
  const shown = type.present({ type: type.type, permissions: [name] }, 'en');
  return shown.kind === 'data' ? shown.clusters.map(({ title }) => title) : [];
}
