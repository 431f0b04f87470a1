import type { DetailTypes } from '@assent/authorization-details';
import type { AssentConfig, IssuerConfig } from '@assent/config';
import type { Policy, Profile } from '@assent/profiles';
import type { ClientRegistry, Stores } from '@assent/persistence';
import type { BackchannelSignals, Client, Clients, Clock } from '@assent/protocol';
import type { AddressCheck, FetchText } from '@assent/http';
import type { ClientKeys, DpopNonces, FetchJson } from '@assent/crypto';
import type { KeyRing } from '@assent/signing-keys';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { RequestObjects } from './authorize/request-objects.js';
import type { DeviceNotifier } from './backchannel/device-notifier.js';
import type { LongPolls } from './backchannel/long-polls.js';
import type { SignIn } from './interaction/sign-in.js';

/*
 * What the authorization server is composed of. `app.module.ts` builds one Engine; each part registers its own plain
 * Fastify routes on it: `registerX(fastify, engine)`. Nothing here holds state that the database does not.
 */

/** Where one issuer's endpoints are, under one base. */
export interface Endpoints {
  readonly authorization: string;
  readonly pushedAuthorizationRequest: string;
  readonly token: string;
  readonly userinfo: string;
  readonly introspection: string;
  readonly revocation: string;
  readonly jwks: string;
  readonly backchannelAuthentication: string;
  /** The customer's device: where requests by the back channel are decided. */
  readonly device: string;
  /** Base of the interaction pages, without a trailing slash. */
  readonly interaction: string;
  /** Where clients register themselves; absent: nowhere. */
  readonly registration?: string;
}

/** How customers are named to clients (OpenID Connect Core section 8): public or pairwise, stable, never reassigned. */
export interface Subjects {
  /** The subject identifier of `customerId` as `client` sees it. */
  of(client: Client, customerId: string): string;
}

/** Everything about one issuer, ready for use. */
export interface IssuerRuntime {
  readonly config: IssuerConfig;
  /** The issuer identifier, exactly as published. */
  readonly issuer: string;
  /** The path all its routes begin with, `/<name>`: where a proxy gives the issuer another address, it maps to this. */
  readonly path: string;
  /** The paths its endpoints are served at. */
  readonly routes: Endpoints;
  readonly policy: Policy;
  /** What `enforce` judges requests by: the profile's rules under this issuer's own policy. */
  readonly profile: Profile;
  readonly clients: Clients;
  readonly keys: KeyRing;
  readonly subjects: Subjects;
  readonly endpoints: Endpoints;
  /** The same endpoints under the mTLS alias (RFC 8705 section 5), when there is one. */
  readonly mtlsEndpoints: Endpoints | undefined;
}

/** The composition every route is registered with. */
export interface Engine {
  readonly config: AssentConfig;
  readonly bank: AssentConfig['bank'];
  readonly stores: Stores;
  readonly clock: Clock;
  /** By `IssuerConfig.name`. */
  readonly issuers: ReadonlyMap<string, IssuerRuntime>;
  /** All clients of all issuers, the registered ones among them. */
  readonly registry: ClientRegistry;
  /** Key sets of clients, by value or fetched, cached. */
  readonly clientKeys: ClientKeys;
  /** Documents at addresses that others name; internal ones are never reached (F2-NET-05). */
  readonly fetchJson: FetchJson;
  /** Signed records of directories, likewise. */
  readonly fetchRecord: FetchText;
  /** Whether an address somebody registers leads inside. */
  readonly addressCheck: AddressCheck;
  /** Request objects by reference, where a profile permits them. */
  readonly requestObjects: RequestObjects;
  readonly dpopNonces: DpopNonces;
  /** Wake-ups about requests by the back channel; absent where no issuer takes any. */
  readonly backchannelSignals?: BackchannelSignals;
  /** Polls at the token endpoint that wait for a decision. */
  readonly longPolls?: LongPolls;
  /** Types of `authorization_details`, the operator's own among them. */
  readonly details: DetailTypes;
  /** How customers sign in; the built-in user id and password when absent. */
  readonly signIn?: SignIn;
  /** Tells customers' devices of requests by the back channel; only the log is told when absent. */
  readonly deviceNotifier?: DeviceNotifier;
  /** Keeps the counters of failed sign-ins for all processes; each process counts for itself when absent. */
  readonly pool?: Pool;
  readonly log: Logger;
}
