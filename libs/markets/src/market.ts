import type { Profile } from '@assent/profiles';
import type { Client, SigningAlgName } from '@assent/protocol';
import type { ConsentVehicle } from './consent-vehicle.js';
import type { MarketDetailType } from './detail.js';
import type { Conformance, Journey } from './journey.js';
import type { Onboarding } from './onboarding.js';
import type { ResourceDialect } from './route.js';

/**
 * A national market: everything in which it differs from the security profile it builds on, as data and a few small
 * strategies. One folder of `libs/markets` holds one. The servers read it; none asks which it is.
 */
export interface Market {
  /** Lower case, as in `market:` of the configuration. */
  readonly name: string;
  /** What its people call it, with the version. */
  readonly title: string;
  /** `experimental`: what it does could not be checked against the market's own text; `unverified` says what. */
  readonly maturity: 'stable' | 'experimental';
  /** What was not read in a published text: whole sentences, shown by `npm run profile -- explain`. */
  readonly unverified: readonly string[];
  /** Refined from a security profile; its name is the market's. What it loosens names the clause and why. */
  readonly profile: Profile;
  /** What an issuer of this market says where its configuration says nothing. */
  readonly issuer: IssuerDefaults;
  /** How a consent travels to the authorization server, and back in its tokens. */
  readonly consent: ConsentVehicle;
  readonly refreshTokens: RefreshTokens;
  /** What a client is told whose customer has no account it could be about; absent: the page says so, and the customer decides. */
  readonly noEligibleAccounts?: { readonly code: 'invalid_request' | 'access_denied'; readonly description: string; readonly clause: string };
  /** Lifetimes that may not be shorter either: an issuer may tighten its profile's down to these. */
  readonly least?: readonly LeastLifetime[];
  /** `x-fapi-interaction-id` at the endpoints of the authorization server; resource servers have their dialect's. */
  readonly interactionId: InteractionIdRules;
  /** How third parties join. */
  readonly onboarding: Onboarding;
  /** Types of details its grants hold: of its lodged consents, or of its `authorization_details`. */
  readonly details: readonly MarketDetailType[];
  /** Consent API and resources: paths, headers, shapes, errors. */
  readonly resources: ResourceDialect;
  /** What a third party does here; the first is the one `npm run demo` shows first. */
  readonly journeys?: readonly Journey[];
  /** How the OpenID Foundation's conformance suite tests it; absent: there is no plan for it. */
  readonly conformance?: Conformance;
  /** Which tokens introspection tells clients of; all of theirs when absent. A resource server's own view is another matter. */
  readonly introspection?: { readonly of: readonly ('access_token' | 'refresh_token')[]; readonly clause: string };
  /** How a client ends a consent by its id at the authorization server, and is told of ends that begin here. */
  readonly arrangements?: ArrangementRules;
  /** Further members of its metadata documents; `endpoints` are those the market has beside the standard ones. */
  readonly discovery?: (facts: DiscoveryFacts) => Readonly<Record<string, unknown>>;
}

export interface IssuerDefaults {
  readonly scopes: readonly string[];
  readonly acrValues: readonly string[];
  readonly subjectTypes: readonly ('public' | 'pairwise')[];
  readonly signingAlgs: readonly SigningAlgName[];
  readonly accessTokenAlg: SigningAlgName;
  /** Claims about customers it delivers, as far as the bank holds them. */
  readonly claims: readonly string[];
  /** Scopes that only say what kind of request it is: what the customer is asked for stands in the consent, not in them. */
  readonly silentScopes: readonly string[];
  /** Scopes of access tokens for its resource server (its consent API among them). */
  readonly resourceScopes: readonly string[];
}

export interface LeastLifetime {
  readonly key: 'accessTokenLifetime' | 'requestUriLifetime';
  readonly seconds: number;
  readonly clause: string;
}

export interface RefreshTokens {
  /** `consent`: as long as the consent; `none-when-once`: the same, and none for a consent of one use. */
  readonly life: 'consent' | 'none-when-once';
  readonly clause: string;
}

/**
 * An endpoint where an authenticated client ends a consent by its id, and all tokens with it (204). And the way back:
 * when a consent ends by its customer or the bank, its client is called.
 */
export interface ArrangementRules {
  readonly clause: string;
  /** Member of the metadata documents that names the endpoint. */
  readonly member: string;
  /** The endpoint, below the issuer: `arrangements/revoke`. */
  readonly path: string;
  /** The form parameter that holds the id. */
  readonly parameter: string;
  /** What becomes of one that had ended before: as good as ended now, or refused as an unknown one is. */
  readonly whenEnded: 'done' | 'refused';
  /** How an id is refused that is none of this client's. */
  readonly unknown: { readonly status: number; readonly code: string };
  readonly notice: ArrangementNotice;
}

/** A POST to the client: a form with a JWT of the issuer in it, under a bearer JWT of the issuer about itself. */
export interface ArrangementNotice {
  /** Where the client wants it; `undefined`: it is not told. */
  readonly address: (client: Client) => string | undefined;
  /** The form parameter that holds the JWT. */
  readonly parameter: string;
  /** Claims of the JWT, beside `iss`, `sub`, `aud`, `exp`, `iat` and `jti`, by the consent's name. */
  readonly claims: (name: string) => Readonly<Record<string, unknown>>;
}

export type InteractionEndpoint = 'par' | 'token' | 'userinfo' | 'introspection' | 'revocation' | 'registration' | 'backchannel';

/** What the authorization server does with `x-fapi-interaction-id`. */
export interface InteractionIdRules {
  readonly at: readonly InteractionEndpoint[];
  /** `refuse`: `invalid_request`; `generate`: a new one is answered; `ignore`: none is answered. */
  readonly whenAbsent: 'refuse' | 'generate' | 'ignore';
  readonly clause: string;
}

export interface DiscoveryFacts {
  /** The issuer identifier. */
  readonly issuer: string;
  readonly mtlsBase: string | undefined;
}
