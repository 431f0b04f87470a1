import type { Secret } from './secret.js';

/** A public JSON Web Key as registered or published (RFC 7517). Private members are refused at registration. */
export interface PublicJwk {
  readonly kty: string;
  readonly kid?: string;
  readonly use?: string;
  readonly alg?: string;
  readonly crv?: string;
  readonly x5c?: readonly string[];
  readonly [member: string]: unknown;
}

export type SigningAlg = 'PS256' | 'ES256' | 'EdDSA' | 'Ed25519';
/** How the key of an encrypted JWT is wrapped (RFC 7518 section 4.1). RSA1_5 is no value: it cannot be configured. */
export type EncryptionAlg = 'RSA-OAEP' | 'RSA-OAEP-256' | 'ECDH-ES';
/** How its content is encrypted (RFC 7518 section 5.1). */
export type ContentEncryptionAlg = 'A256GCM' | 'A128CBC-HS256';
/** `none`: a public client, which proves nothing but that a code is its own (PKCE). */
export type ClientAuthMethod = 'private_key_jwt' | 'tls_client_auth' | 'self_signed_tls_client_auth' | 'none';
export type AccessTokenFormat = 'jwt' | 'opaque';
/** How it is with signatures on HTTP messages between a client and resource servers (RFC 9421). */
export type HttpSignatures = 'off' | 'optional' | 'required';

/** Security Event Tokens sent to the client's endpoint (RFC 8935), or fetched by the client (RFC 8936). */
export type GrantEvents =
  | {
      readonly delivery: 'push';
      readonly endpoint: string;
      /** The whole value of the `Authorization` header its endpoint wants. */
      readonly authorization_header?: Secret;
    }
  | { readonly delivery: 'poll' };

/** What the consent page says about the company behind a client. Vetted by the operator or a directory, never taken from a request. */
export interface Organisation {
  /** Its id in the trust framework. */
  readonly id?: string;
  readonly legal_name?: string;
  readonly register_number?: string;
  readonly purpose?: string;
}

/**
 * A client's effective metadata, under its RFC 7591 names, defaults applied and checked against the issuer's profile.
 * `access_token_format`, `first_party`, `introspection`, `organisation`, `http_message_signatures` and `evidence` are extensions
 * of ours.
 */
export interface Client {
  readonly client_id: string;
  readonly client_name: string;
  readonly client_uri?: string;
  readonly redirect_uris: readonly string[];
  readonly grant_types: readonly string[];
  readonly response_types: readonly string[];
  /** Every scope the client may ever ask for. */
  readonly scope: readonly string[];
  readonly token_endpoint_auth_method: ClientAuthMethod;
  readonly token_endpoint_auth_signing_alg?: SigningAlg;
  readonly jwks?: { readonly keys: readonly PublicJwk[] };
  readonly jwks_uri?: string;
  readonly tls_client_auth_subject_dn?: string;
  readonly tls_client_auth_san_dns?: string;
  readonly tls_client_auth_san_uri?: string;
  readonly tls_client_auth_san_ip?: string;
  readonly tls_client_auth_san_email?: string;
  readonly dpop_bound_access_tokens: boolean;
  readonly tls_client_certificate_bound_access_tokens: boolean;
  readonly use_mtls_endpoint_aliases: boolean;
  readonly id_token_signed_response_alg: SigningAlg;
  readonly id_token_encrypted_response_alg?: EncryptionAlg;
  readonly id_token_encrypted_response_enc?: ContentEncryptionAlg;
  /** Whether its requests must be pushed (RFC 9126 section 6), also where the profile would let them come otherwise. */
  readonly require_pushed_authorization_requests?: boolean;
  /** Whether a request must be a signed request object (RFC 9101 section 10.5); absent: as the profile has it. */
  readonly require_signed_request_object?: boolean;
  readonly request_object_signing_alg?: SigningAlg;
  readonly request_object_encryption_alg?: EncryptionAlg;
  readonly request_object_encryption_enc?: ContentEncryptionAlg;
  /** Addresses request objects may be fetched from, where the profile permits that. */
  readonly request_uris?: readonly string[];
  /** Response modes the client may use (FAPI 2.0 Message Signing 5.3.3); absent: all there are. */
  readonly response_modes?: readonly string[];
  readonly authorization_signed_response_alg?: SigningAlg;
  readonly authorization_encrypted_response_alg?: EncryptionAlg;
  readonly authorization_encrypted_response_enc?: ContentEncryptionAlg;
  readonly userinfo_signed_response_alg?: SigningAlg;
  /** Answers about tokens are signed for this client, whatever it accepts (RFC 9701 section 6). */
  readonly introspection_signed_response_alg?: SigningAlg;
  readonly introspection_encrypted_response_alg?: EncryptionAlg;
  readonly introspection_encrypted_response_enc?: ContentEncryptionAlg;
  readonly subject_type: 'public' | 'pairwise';
  readonly sector_identifier_uri?: string;
  readonly require_auth_time: boolean;
  readonly default_max_age?: number;
  readonly default_acr_values?: readonly string[];
  /** How the client learns of decisions on requests by the back channel (CIBA section 4); absent: it sends none. */
  readonly backchannel_token_delivery_mode?: 'poll' | 'ping';
  readonly backchannel_client_notification_endpoint?: string;
  readonly backchannel_authentication_request_signing_alg?: SigningAlg;
  readonly backchannel_user_code_parameter?: boolean;
  /** Types of `login_hint_token` it sends (FAPI-CIBA 4.3). */
  readonly backchannel_endpoint_login_hint_token_types?: readonly string[];
  /** Types of `authorization_details` the client may ask for (RFC 9396 section 10); none when absent. */
  readonly authorization_details_types?: readonly string[];
  readonly access_token_format?: AccessTokenFormat;
  /** May ask about tokens of other clients whose audience is one of these resource identifiers (a resource server). */
  readonly introspection?: readonly string[];
  readonly organisation?: Organisation;
  /** Where the client has the endpoints that others call it at (Consumer Data Standards, CDR Data Recipient hosted endpoints). */
  readonly recipient_base_uri?: string;
  /** How it wants to be told of changes of the grants it manages (ours; docs/events.md). */
  readonly grant_events?: GrantEvents;
  /** The bank's own application: signs the bank's people in without asking what they allow the bank. */
  readonly first_party?: boolean;
  /** Whether it signs its requests to resource servers; the issuer's policy may ask for more. */
  readonly http_message_signatures?: HttpSignatures;
  /** Whether what it signs, and what is signed for it, is kept as evidence; the issuer's policy may say so for all. */
  readonly evidence?: 'off' | 'on';
}

/** The client registry of one issuer: in memory, so that no hot path asks the database for a client. */
export interface Clients {
  find(clientId: string): Client | undefined;
  /** The same for one that may have registered at another process a moment ago. Bounded, whoever asks for whatever. */
  lookUp?(clientId: string): Promise<Client | undefined>;
}
