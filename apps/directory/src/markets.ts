import { markets as known, plainRegistration, type Organisation as Participant, type RegistrationDialect, type Software as Product } from '@assent/markets';
import type { MarketRole, Organisation, Software } from '@assent/persistence/directory';
import { keySetUrl, type Directory } from './directory.js';

/** A market software can join, as far as the directory has to know it. */
export interface JoinableMarket {
  readonly name: string;
  readonly title: string;
  readonly dialect: RegistrationDialect;
}

/** Issuers that belong to no market take RFC 7591's own statements. */
const plain: JoinableMarket = { name: 'plain', title: 'RFC 7591', dialect: plainRegistration };

/** The markets by name, in the order of the registry, the plain one last. */
export type JoinableMarkets = ReadonlyMap<string, JoinableMarket>;

export function joinableMarkets(): JoinableMarkets {
  const joinable = known.flatMap(({ name, title, onboarding }) => (onboarding.kind === 'configured' ? [] : [{ name, title, dialect: onboarding.dialect }]));
  return marketsOf(joinable);
}

export const marketsOf = (joinable: readonly JoinableMarket[]): JoinableMarkets => new Map([...joinable, plain].map((market) => [market.name, market]));

/** Whether its clients have a key others encrypt to. */
export const encryptsIdTokens = ({ metadata }: RegistrationDialect): boolean => metadata.defaults['id_token_encrypted_response_alg'] !== undefined;

/** Every role of a market. */
export const rolesOf = ({ name, dialect }: JoinableMarket): readonly MarketRole[] => dialect.roles.map(({ role }) => ({ market: name, role }));

/** An organisation as a market speaks of it; without a market, with its roles everywhere. */
export function participantOf({ id, legalName, country, registerNumber, status, roles }: Organisation, market?: string): Participant {
  const held = new Map<string, 'Active' | 'Inactive'>();
  for (const one of roles) {
    if (market !== undefined && one.market !== market) continue;
    // Of one name in two markets, the one out of force counts: nobody gains by asking without a market.
    held.set(one.role, one.status === 'active' && held.get(one.role) !== 'Inactive' ? 'Active' : 'Inactive');
  }
  return { id, legalName, country, registrationNumber: registerNumber, status: status === 'active' ? 'Active' : 'Inactive', roles: [...held].map(([role, standing]) => ({ role, status: standing })) };
}

/** Software as a market speaks of it. */
export function productOf(directory: Directory, { id, metadata, roles }: Software, market?: string): Product {
  const used = new Set(roles.filter((one) => market === undefined || one.market === market).map(({ role }) => role));
  return {
    id,
    name: metadata.client_name,
    description: metadata.client_description ?? metadata.client_name,
    redirectUris: metadata.redirect_uris,
    jwksUri: keySetUrl(directory, id),
    roles: [...used],
    ...given('clientUri', metadata.client_uri),
    ...given('logoUri', metadata.logo_uri),
    ...given('policyUri', metadata.policy_uri),
    ...given('tosUri', metadata.tos_uri),
    ...given('sectorIdentifierUri', metadata.sector_identifier_uri),
    ...given('recipientBaseUri', metadata.recipient_base_uri),
    ...given('notificationUri', metadata.notification_uri),
  };
}

const given = <N extends string>(name: N, value: string | undefined): { readonly [K in N]?: string } => (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: string };
