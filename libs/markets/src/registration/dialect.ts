import type { SigningAlg } from '@assent/protocol';
import type { CertificateDialect } from './certificate.js';
import type { Statement, StatementDialect } from './statement.js';

/** How a market registers clients (RFC 7591): what is sent, by whom, and what comes of it. */
export interface RegistrationDialect {
  /** One sentence for people. */
  readonly says: string;
  readonly clause: string;
  readonly request: RequestForm;
  /** `undefined`: the directory's API is asked for the software behind the certificate. */
  readonly statement: StatementDialect | undefined;
  /** Whether a request without statement may register with an initial access token. */
  readonly statementRequired: boolean;
  /** Whether every call, management too, comes over mutual TLS. */
  readonly mtls: 'required' | 'optional';
  readonly certificate: CertificateDialect | undefined;
  /** `random`: made here; `software`: the directory's id of the software. */
  readonly clientId: 'random' | 'software';
  readonly metadata: MetadataRules;
  /** Roles and what they open. Empty: roles mean nothing, and scopes are those of the issuer. */
  readonly roles: readonly RoleRule[];
  /** Scopes every client may ask for, whatever its roles. */
  readonly commonScopes: readonly string[];
  /** Whether one software may be registered more than once. `policy`: as the configuration says; allowed where it is silent. */
  readonly duplicates: 'allowed' | 'refused' | 'policy';
  readonly management: Management;
  readonly codes: RegistrationCodes;
  readonly answer: AnswerForm;
}

/**
 * `json`: an object (RFC 7591 section 3.1). `jws`: a JWT whose claims are that object, signed with a key of the statement.
 * `certificate`: an empty request; the certificate says it all.
 */
export type RequestForm =
  | { readonly as: 'json'; readonly mediaTypes: readonly string[] }
  | {
      readonly as: 'jws';
      readonly mediaTypes: readonly string[];
      readonly algs: readonly SigningAlg[];
      /** Who the request is for: any of these in `aud`. `organisationId`: the bank's own in the trust framework, if configured. */
      audiences(facts: { readonly issuer: string; readonly organisationId: string | undefined }): readonly string[];
      /** Greatest life (`exp - iat`), seconds. */
      readonly maxLifetime: number;
      readonly jti: 'required' | 'optional';
      /** Header parameters that would bring a key along are refused (always `jwk`, `jku`, `x5u`, `x5c`). */
    }
  | {
      readonly as: 'certificate';
      /** The subject attribute that names the software. */
      readonly softwareIn: string;
    }
  /** Nobody asks: the directory is followed. */
  | { readonly as: 'none' };

export interface MetadataRules {
  /** What holds where the request is silent. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** What holds whatever it says, out of the statement: beside the statement's own members, which always win. */
  fixed?(statement: Statement): Readonly<Record<string, unknown>>;
  /** `refused`: only `jwks_uri`, and it must be the statement's. */
  readonly jwksByValue: 'refused' | 'allowed';
  /** Whether redirect URIs may lead to the own machine (`localhost`, loopback addresses). */
  readonly localRedirects: 'refused' | 'allowed';
  /** Members a registrant may not send, with the clause that says so. */
  readonly banned?: readonly { readonly member: string; readonly clause: string; when?(metadata: Readonly<Record<string, unknown>>): boolean }[];
}

/** What a role opens. */
export interface RoleRule {
  readonly role: string;
  readonly says: string;
  readonly scopes: readonly string[];
  readonly detailTypes?: readonly string[];
  /** Grant types only this role may use (`urn:openid:params:grant-type:ciba`). */
  readonly grantTypes?: readonly string[];
}

/** RFC 7592. */
export interface Management {
  readonly clause: string;
  readonly methods: readonly ('GET' | 'PUT' | 'DELETE')[];
  readonly access:
    | { readonly as: 'registration-token'; readonly rotation: 'never' | 'on-update' }
    /** A client_credentials token of the client itself, with the scope where one is named. */
    | { readonly as: 'client-token'; readonly scope?: string };
  /** Whether a change must bring a statement; it always must be of the same software. */
  readonly statementOnUpdate: 'required' | 'optional';
}

/** Error codes, where a market has its own (RFC 7591 section 3.2.2 otherwise). */
export interface RegistrationCodes {
  readonly duplicate: string;
  /** A certificate of another software. */
  readonly foreignCertificate: string;
  /** The organisation or its roles are not active, or the directory has suspended the software. */
  readonly unapproved: string;
}

export interface AnswerForm {
  /** 204: nothing is said. */
  readonly status: 201 | 204;
  /** Claims of the statement that come back beside the metadata. */
  flatten?(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
}

/** RFC 7591's own. */
export const plainCodes: RegistrationCodes = { duplicate: 'invalid_client_metadata', foreignCertificate: 'unapproved_software_statement', unapproved: 'unapproved_software_statement' };
