import type { Findings } from './problem.js';

export type Metadata = Readonly<Record<string, unknown>>;

/** Members that describe the client and change nothing: accepted and not kept. */
const informative = new Set([
  'application_type', 'client_id_issued_at', 'client_secret_expires_at', 'contacts', 'initiate_login_uri', 'logo_uri',
  'policy_uri', 'software_id', 'software_version', 'tos_uri',
]); // prettier-ignore

/** Members this server acts on. */
const known = new Set([
  'access_token_format', 'authorization_details_types', 'authorization_encrypted_response_alg',
  'authorization_encrypted_response_enc', 'authorization_signed_response_alg',
  'backchannel_authentication_request_signing_alg', 'backchannel_client_notification_endpoint',
  'backchannel_endpoint_login_hint_token_types', 'backchannel_token_delivery_mode',
  'backchannel_user_code_parameter', 'client_id', 'client_name',
  'client_uri', 'default_acr_values', 'default_max_age', 'dpop_bound_access_tokens', 'evidence', 'first_party',
  'grant_events', 'grant_types', 'http_message_signatures', 'id_token_encrypted_response_alg', 'id_token_encrypted_response_enc',
  'id_token_signed_response_alg', 'introspection', 'introspection_encrypted_response_alg',
  'introspection_encrypted_response_enc', 'introspection_signed_response_alg', 'jwks', 'jwks_uri',
  'organisation', 'recipient_base_uri', 'redirect_uris', 'request_object_encryption_alg', 'request_object_encryption_enc',
  'request_object_signing_alg', 'request_uris', 'require_auth_time', 'require_pushed_authorization_requests',
  'require_signed_request_object', 'response_modes', 'response_types', 'scope', 'sector_identifier_uri',
  'subject_type', 'tls_client_auth_san_dns', 'tls_client_auth_san_email', 'tls_client_auth_san_ip',
  'tls_client_auth_san_uri', 'tls_client_auth_subject_dn', 'tls_client_certificate_bound_access_tokens',
  'token_endpoint_auth_method', 'token_endpoint_auth_signing_alg', 'use_mtls_endpoint_aliases',
  'userinfo_signed_response_alg',
]); // prettier-ignore

/** Protection a client relies on and this server does not give: ignoring it would loosen what was agreed. */
const refused = new Set([
  'userinfo_encrypted_response_alg', 'userinfo_encrypted_response_enc',
]); // prettier-ignore

/** Whether a member means anything here; in another language too (`client_name#pt-BR`). */
export const isClientMetadata = (name: string): boolean => [known, informative, refused].some((members) => members.has(name.split('#')[0] ?? name));

/** Warns of members that are ignored (RFC 7591 section 2) and refuses those that may not be. */
export function judgeMembers(metadata: Metadata, findings: Findings): void {
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(metadata)) {
    const plain = name.split('#')[0] ?? name; // `client_name#pt-BR`: another language (RFC 7591 section 2.2)
    if (refused.has(name) && value !== false) {
      findings.problem([name], 'no such member (not supported by this server)', value, 'RFC 7591 section 2');
    } else if (!known.has(plain) && !informative.has(plain) && !refused.has(name)) ignored.push(name);
  }
  if (ignored.length > 0) findings.warn([], `ignored unknown metadata: ${ignored.join(', ')}`, 'RFC 7591 section 2');
}

/** Typed reading of single members. A wrong type is a problem and reads as absent. */
export class Members {
  constructor(
    private readonly metadata: Metadata,
    private readonly findings: Findings,
  ) {}

  /** The value, with `null` read as absent. */
  raw(name: string): unknown {
    return this.metadata[name] ?? undefined;
  }

  text(name: string, clause = 'RFC 7591 section 2'): string | undefined {
    const value = this.raw(name);
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    return this.findings.problem([name], 'text', value, clause);
  }

  flag(name: string, clause: string): boolean {
    return this.flagIfGiven(name, clause) ?? false;
  }

  flagIfGiven(name: string, clause: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    return this.findings.problem([name], 'true or false', value, clause);
  }

  texts(name: string, clause = 'RFC 7591 section 2'): readonly string[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.findings.problem([name], 'a list of texts', value, clause);
    return value.filter((item: unknown, index): item is string => {
      if (typeof item === 'string' && item !== '') return true;
      this.findings.problem([name, index], 'text', item, clause);
      return false;
    });
  }

  choice<T extends string>(name: string, allowed: readonly T[], clause: string): T | undefined {
    const value = this.raw(name);
    if (value === undefined || allowed.includes(value as T)) return value as T | undefined;
    return this.findings.problem([name], oneOf(allowed), value, clause);
  }

  httpsUrl(name: string, clause: string): string | undefined {
    const value = this.text(name, clause);
    if (value === undefined || isHttpsUrl(value)) return value;
    return this.findings.problem([name], 'an https URL', value, clause);
  }
}

export const isHttpsUrl = (text: string): boolean =>
  /^https:\/\/[^/]/.test(text) && URL.canParse(text) && !new URL(text).username;

export const oneOf = (values: readonly string[]): string =>
  values.length < 2 ? (values[0] ?? 'nothing') : `one of ${values.join(', ')}`;
