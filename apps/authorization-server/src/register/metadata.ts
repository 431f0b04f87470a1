import { parseName, sameName, type ClientCertificate } from '@assent/crypto';
import type { RegistrationDialect, Statement } from '@assent/markets';
import { isClientMetadata } from '@assent/profiles';
import { invalidClientMetadata, invalidRedirectUri, OAuthError } from '@assent/protocol';
import type { Metadata } from './read-request.js';

/** What the operator says of clients and nobody else: it would open doors, or speak in the bank's name. */
const operatorsOnly: ReadonlySet<string> = new Set(['first_party', 'introspection', 'organisation', 'evidence', 'grant_events', 'access_token_format', 'client_secret']);
/** What this server says of a client. */
const ours: ReadonlySet<string> = new Set(['client_id', 'client_id_issued_at', 'client_secret_expires_at', 'registration_access_token', 'registration_client_uri']);

export interface Asked {
  readonly dialect: RegistrationDialect;
  /** As sent, the statement taken out. */
  readonly sent: Metadata;
  readonly statement: Statement | undefined;
  readonly certificate: ClientCertificate | undefined;
  /** What the issuer offers to registrants. */
  readonly offered: { readonly scopes: readonly string[]; readonly detailTypes: readonly string[] };
}

/**
 * The metadata that are to be in force: what was sent, where the market's defaults fill in and the statement wins
 * (RFC 7591 section 2.3), narrowed to what the software's roles open. `invalid_redirect_uri` and
 * `invalid_client_metadata` for what may not be. Pure. The issuer's profile judges the rest.
 */
export function effectiveMetadata(asked: Asked): Metadata {
  const { dialect, sent, statement } = asked;
  refuseMembers(asked);
  const redirects = redirectUris(asked);
  const known = Object.fromEntries(Object.entries(sent).filter(([name, value]) => isClientMetadata(name) && !ours.has(name) && value !== null));
  const merged: Metadata = {
    ...dialect.metadata.defaults,
    ...known,
    ...(statement && statedMembers(statement)),
    ...(redirects && { redirect_uris: redirects }),
    ...keys(asked),
    ...(statement && dialect.metadata.fixed?.(statement)),
  };
  return { ...merged, ...certificateName(merged, asked), ...reach(merged, asked) };
}

function refuseMembers({ dialect, sent }: Asked): void {
  for (const name of Object.keys(sent)) {
    if (operatorsOnly.has(name)) throw invalidClientMetadata(`${name} is nothing a client may say of itself`, 'ASSENT-DCR-10');
  }
  const { banned = [], jwksByValue } = dialect.metadata;
  for (const { member, clause, when } of banned) {
    if (sent[member] !== undefined && (when?.(sent) ?? true)) throw invalidClientMetadata(`${member} may not be registered (${clause})`, 'ASSENT-DCR-13');
  }
  if (jwksByValue === 'refused' && sent['jwks'] !== undefined) throw invalidClientMetadata('keys are named by jwks_uri, not sent by value (jwks)', 'ASSENT-DCR-12');
}

/** Those sent, or those of the statement; never one the statement does not name. */
function redirectUris({ dialect, sent, statement }: Asked): readonly string[] | undefined {
  const value = sent['redirect_uris'] ?? undefined;
  if (value !== undefined && !(Array.isArray(value) && value.every((uri): uri is string => typeof uri === 'string'))) throw invalidRedirectUri('redirect_uris must be a list of URIs', 'ASSENT-DCR-11');
  const stated = statement?.redirectUris ?? [];
  const uris = value ?? (statement && stated.length > 0 ? stated : undefined);
  for (const uri of uris ?? []) {
    if (statement && !stated.includes(uri)) throw invalidRedirectUri('a redirect URI is not in the software statement', 'ASSENT-DCR-11');
    if (dialect.metadata.localRedirects === 'refused') refuseLocal(uri);
  }
  return uris;
}

function refuseLocal(uri: string): void {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (url?.protocol !== 'https:') throw invalidRedirectUri('redirect URIs must be https URLs', 'ASSENT-DCR-11');
  if (/^(?:.*\.)?localhost\.?$/i.test(url.hostname) || /^127\.|^\[::1\]$|^0\.0\.0\.0$|^\[::\]$/.test(url.hostname)) throw invalidRedirectUri('redirect URIs must not lead to the own machine (localhost)', 'ASSENT-DCR-11');
}

function statedMembers(statement: Statement): Metadata {
  const { softwareId, softwareVersion, clientName, clientUri, logoUri, policyUri, tosUri, sectorIdentifierUri, recipientBaseUri, organisation, metadata = {} } = statement;
  const members = {
    ...Object.fromEntries(Object.entries(metadata).filter(([name]) => isClientMetadata(name) && !operatorsOnly.has(name) && !ours.has(name))),
    software_id: softwareId, software_version: softwareVersion, client_name: clientName, client_uri: clientUri, logo_uri: logoUri, policy_uri: policyUri, tos_uri: tosUri,
    sector_identifier_uri: sectorIdentifierUri, recipient_base_uri: recipientBaseUri,
    organisation: organisation && { id: organisation.id, legal_name: organisation.legalName, ...(organisation.registrationNumber !== undefined && { register_number: organisation.registrationNumber }) },
  }; // prettier-ignore
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The statement's address, from which no request leads away. */
function keys({ sent, statement }: Asked): Metadata {
  if (statement?.jwksUri === undefined) return {};
  const named = sent['jwks_uri'] ?? undefined;
  if (named !== undefined && named !== statement.jwksUri) throw invalidClientMetadata('jwks_uri must be that of the software statement', 'ASSENT-DCR-12');
  if (sent['jwks'] !== undefined) throw invalidClientMetadata('the software statement names the keys: leave jwks out', 'ASSENT-DCR-12');
  return { jwks_uri: statement.jwksUri };
}

/** A client that authenticates by certificate has the subject it presents, and can name no other (RFC 8705 section 2.1.2). */
function certificateName(merged: Metadata, { certificate, dialect }: Asked): Metadata {
  if (merged['token_endpoint_auth_method'] !== 'tls_client_auth' || !certificate) return {};
  const names = ['tls_client_auth_subject_dn', 'tls_client_auth_san_dns', 'tls_client_auth_san_uri', 'tls_client_auth_san_ip', 'tls_client_auth_san_email'];
  const given = names.filter((name) => merged[name] !== undefined);
  if (given.length === 0) return { tls_client_auth_subject_dn: certificate.subjectDn };
  const subject = merged['tls_client_auth_subject_dn'];
  if (dialect.mtls === 'required' && (given.length > 1 || typeof subject !== 'string' || !isSubjectOf(certificate, subject))) {
    throw invalidClientMetadata('tls_client_auth_subject_dn must be the subject of the certificate you present', 'ASSENT-DCR-06');
  }
  return {};
}

function isSubjectOf({ subject }: ClientCertificate, text: string): boolean {
  try {
    return sameName(parseName(text), subject);
  } catch {
    return false;
  }
}

/** Scopes and types of details that the software's active roles open. `unapproved…` when they open nothing. */
export function reach(merged: Metadata, { dialect, statement, offered }: Pick<Asked, 'dialect' | 'statement' | 'offered'>): Metadata {
  const open = opened(dialect, statement);
  const stated = statement?.scope;
  if (!open && !stated) return {};
  const scopes = offered.scopes.filter((scope) => (!open || open.scopes.has(scope)) && (!stated || stated.includes(scope)));
  const asked = typeof merged['scope'] === 'string' ? merged['scope'].split(' ').filter((scope) => scope !== '') : undefined;
  const granted = scopes.filter((scope) => !asked || asked.includes(scope));
  if (asked && asked.length > 0 && granted.length === 0) throw invalidClientMetadata('scope: none of it is open to the roles of this software', 'ASSENT-DCR-16');
  return { scope: granted.join(' '), ...(open && detailTypes(merged, open.detailTypes, offered.detailTypes)) };
}

interface Opened {
  readonly scopes: ReadonlySet<string>;
  readonly detailTypes: ReadonlySet<string>;
}

function opened({ roles, commonScopes, codes }: RegistrationDialect, statement: Statement | undefined): Opened | undefined {
  if (roles.length === 0) return undefined;
  const unapproved = (what: string) => new OAuthError({ code: codes.unapproved, status: 400, description: what, rule: 'ASSENT-DCR-07' });
  if (statement?.organisation?.active === false) throw unapproved('the organisation is not active in the directory');
  // Whoever registers with a token of the operator's has no statement: the operator has seen to it.
  const active = roles.filter(({ role }) => !statement || statement.roles.some((held) => held.role === role && held.status === 'Active'));
  if (active.length === 0) throw unapproved(`the software has no active role among ${roles.map(({ role }) => role).join(', ')}`);
  return { scopes: new Set([...commonScopes, ...active.flatMap(({ scopes }) => scopes)]), detailTypes: new Set(active.flatMap(({ detailTypes = [] }) => detailTypes)) };
}

function detailTypes(merged: Metadata, open: ReadonlySet<string>, offered: readonly string[]): Metadata {
  const asked = merged['authorization_details_types'];
  const granted = offered.filter((type) => open.has(type) && (!Array.isArray(asked) || asked.includes(type)));
  if (Array.isArray(asked) && asked.length > 0 && granted.length === 0) throw invalidClientMetadata('authorization_details_types: none of them is open to the roles of this software', 'ASSENT-DCR-16');
  return granted.length > 0 ? { authorization_details_types: granted } : { authorization_details_types: undefined };
}
