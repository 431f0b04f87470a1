import { plainRegistration, type Market, type RegistrationDialect } from '@assent/markets';
import type { IssuerConfig, RegistrationConfig } from '../model.js';
import type { Path } from '../problem.js';
import type { IssuerEntry } from '../schema/index.js';
import type { Context } from './context.js';

/** Off where the issuer says nothing of it. */
export function registrationOf(context: Context, { registration: entry, signsIn }: IssuerEntry, path: Path, market: Market | undefined, profile: string): RegistrationConfig | undefined {
  if (!entry) return undefined;
  const place = [...path, 'registration'];
  if (signsIn === 'staff') context.problem(place, 'expected nothing (staff sign in to the bank’s own applications), found a mapping');
  const onboarding = market?.onboarding;
  if (onboarding?.kind === 'configured') context.problem(place, `expected nothing (in ${profile} the operator writes clients into this file), found a mapping`);
  const dialect = onboarding && onboarding.kind !== 'configured' ? onboarding.dialect : plainRegistration;
  judgeMaxAge(context, entry, place, dialect);
  const synced = onboarding?.kind === 'synced';
  if (synced && !entry.sync) context.problem([...place, 'sync'], `expected a mapping (in ${profile} the directory’s list is followed), found nothing`);
  if (!synced && entry.sync) context.problem([...place, 'sync'], `expected nothing (${market ? `in ${profile}` : 'outside of such markets'} clients register themselves), found a mapping`);
  if (dialect.request.as === 'certificate' && !entry.statementIssuers.some(({ apiUrl }) => apiUrl)) context.problem([...place, 'statementIssuers'], 'expected an issuer with apiUrl (software is looked up there), found none');
  if (dialect.statementRequired && entry.initialAccessTokens.length > 0) context.problem([...place, 'initialAccessTokens'], `expected none (in ${profile} everybody needs a software statement), found ${entry.initialAccessTokens.length}`);
  const { localRedirects = dialect.metadata.localRedirects } = entry;
  return {
    dialect: { ...dialect, metadata: { ...dialect.metadata, localRedirects } },
    statementIssuers: entry.statementIssuers.map(({ algs, ...one }) => ({ ...one, algs: algs ?? dialect.statement?.algs ?? ['PS256', 'ES256'] })),
    initialAccessTokens: entry.initialAccessTokens,
    duplicates: dialect.duplicates === 'policy' ? (entry.duplicates ?? 'allowed') : dialect.duplicates,
    organisationId: entry.organisationId,
    perMinute: entry.perMinute,
    statusEvery: entry.statusEvery,
    sync: entry.sync,
  };
}

/** A market's limit is the outer one. */
function judgeMaxAge(context: Context, entry: NonNullable<IssuerEntry['registration']>, place: Path, { statement }: RegistrationDialect): void {
  const most = statement?.freshness.maxAge;
  entry.statementIssuers.forEach(({ maxAge }, index) => {
    if (most !== undefined && maxAge !== undefined && maxAge > most) context.problem([...place, 'statementIssuers', index, 'maxAge'], `expected at most ${most} seconds (${statement?.clause ?? ''}), found ${maxAge}`);
  });
}

/** What metadata that did not come from the operator is measured against. */
export const registrantsOf = (issuer: IssuerConfig) => ({
  ...issuer,
  scopes: issuer.scopes.filter((scope) => !operatorsScopes.has(scope)),
  sources: issuer.rules.sources,
  resources: issuer.resources.map(({ identifier }) => identifier),
  operated: false,
});

/** What only a resource server of the bank's may see: everybody's revocations. */
const operatorsScopes: ReadonlySet<string> = new Set(['revocation_feed']);
