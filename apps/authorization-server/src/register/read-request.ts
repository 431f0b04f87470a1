import { JwsError, KeySetError, parseJws, parseStrictJson, replayClaim, verifyJws, type ParsedJws } from '@assent/crypto';
import type { RequestForm } from '@assent/markets';
import { invalidClientMetadata, invalidRequest, invalidSoftwareStatement, isStorable, unsupportedMediaType, type OAuthError } from '@assent/protocol';
import type { RegistrationCall } from './call.js';
import { proveStatement, unstorable, type ProvedStatement } from './software-statement.js';

export type Metadata = Readonly<Record<string, unknown>>;

/** What a request to register says. */
export interface RegistrationRequest {
  /** Members as they were sent, the statement taken out. */
  readonly sent: Metadata;
  readonly proved: ProvedStatement | undefined;
}

/** Reads the content as the market has it: JSON, or a JWS whose claims are the metadata, signed with a key of the statement. */
export async function readRegistrationRequest(call: RegistrationCall): Promise<RegistrationRequest> {
  const { request } = call.dialect;
  if (request.as === 'jws') return readJws(call, request);
  if (request.as === 'json') return readJson(call, request.mediaTypes);
  if (call.body.length > 0) throw invalidRequest('nothing is sent but the certificate: leave the body empty', 'ASSENT-DCR-02');
  return { sent: {}, proved: undefined };
}

function verifyMediaType({ contentType }: RegistrationCall, allowed: readonly string[]): void {
  const [type = '', ...parameters] = contentType.toLowerCase().split(';');
  const utf8 = parameters.every((parameter) => !/^\s*charset\s*=/.test(parameter) || /=\s*"?utf-8"?\s*$/.test(parameter));
  if (!allowed.includes(type.trim()) || !utf8) throw unsupportedMediaType(`the body must be ${allowed.join(' or ')}`, 'ASSENT-DCR-02');
}

async function readJson(call: RegistrationCall, mediaTypes: readonly string[]): Promise<RegistrationRequest> {
  verifyMediaType(call, mediaTypes);
  const value = parseStrictJson(call.body.toString('utf8'))?.value;
  if (!isMapping(value)) throw invalidClientMetadata('the body must be one JSON object that names no member twice', 'ASSENT-DCR-02');
  if (!isStorable(value)) throw invalidClientMetadata(`the body ${unstorable}`, 'ASSENT-DCR-02');
  return { sent: withoutStatement(value), proved: await statementIn(call, value) };
}

async function statementIn(call: RegistrationCall, { software_statement: compact }: Metadata): Promise<ProvedStatement | undefined> {
  const { statement } = call.dialect;
  if (!statement || compact === undefined || compact === null) return undefined;
  if (typeof compact !== 'string') throw invalidSoftwareStatement('software_statement must be a JWT', 'DCR-04');
  return proveStatement(call, statement, compact);
}

/** The statement is read out of the request before the request's own signature can be proved: it says with which keys. */
async function readJws(call: RegistrationCall, form: Extract<RequestForm, { as: 'jws' }>): Promise<RegistrationRequest> {
  verifyMediaType(call, form.mediaTypes);
  const compact = call.body.toString('utf8').trim();
  const jws = parsedRequest(compact);
  const proved = await statementIn(call, payloadOf(jws));
  if (!proved) throw invalidSoftwareStatement('software_statement is required', 'DCR-04');
  const claims = await proveSignature(call, form, compact, proved);
  if (!isStorable(claims)) throw refuse(`it ${unstorable}`);
  verifyRequestClaims(call, form, claims, proved);
  const { iss: _iss, aud: _aud, exp: _exp, iat: _iat, nbf: _nbf, jti: _jti, ...sent } = claims;
  return { sent: withoutStatement(sent), proved };
}

const refuse = (what: string, cause?: unknown): OAuthError => invalidClientMetadata(`registration request: ${what}`, 'ASSENT-DCR-03', cause);

/** Keys come from the directory and from nowhere else. */
const bringsKeys = ['jwk', 'jku', 'x5u', 'x5c'] as const;

function parsedRequest(compact: string): ParsedJws {
  try {
    const jws = parseJws(compact);
    const brought = bringsKeys.find((name) => name in jws.header);
    if (brought !== undefined) throw refuse(`the JOSE header must not bring a key along (${brought})`);
    return jws;
  } catch (cause) {
    throw cause instanceof JwsError ? refuse(cause.message, cause) : cause;
  }
}

function payloadOf(jws: ParsedJws): Metadata {
  try {
    return jws.payload();
  } catch (cause) {
    throw cause instanceof JwsError ? refuse(cause.message, cause) : cause;
  }
}

async function proveSignature({ engine }: RegistrationCall, { algs }: Extract<RequestForm, { as: 'jws' }>, compact: string, { statement }: ProvedStatement): Promise<Metadata> {
  const { jwksUri } = statement;
  if (jwksUri === undefined) throw refuse('the statement names no keys');
  try {
    return (await verifyJws(compact, { algs, keys: (header) => engine.clientKeys.find({ jwks_uri: jwksUri }, header) })).claims;
  } catch (cause) {
    if (cause instanceof JwsError) throw refuse(cause.message, cause);
    if (cause instanceof KeySetError) throw refuse('the keys of the software cannot be read from the address in the statement', cause);
    throw cause;
  }
}

/** Who made it, for whom, when, and that it was not sent before. */
function verifyRequestClaims(call: RegistrationCall, form: Extract<RequestForm, { as: 'jws' }>, claims: Metadata, { statement }: ProvedStatement): void {
  const { iss, aud, exp, iat, nbf, jti } = claims;
  const { issuer, registration, now } = call;
  const present = now.getTime() / 1000;
  const { clockSkew } = issuer.policy;
  if (iss !== statement.softwareId) throw refuse('iss must be the software of the statement');
  const audiences = form.audiences({ issuer: issuer.issuer, organisationId: registration.organisationId });
  if (![aud].flat().some((one) => typeof one === 'string' && audiences.includes(one))) throw refuse(`aud must be ${audiences.join(' or ')}`);
  if (typeof exp !== 'number' || typeof iat !== 'number') throw refuse('exp and iat are required');
  if (iat > present + clockSkew || (nbf !== undefined && (typeof nbf !== 'number' || nbf > present + clockSkew))) throw refuse('iat or nbf lies in the future');
  if (exp <= present) throw refuse('it has expired');
  if (exp - iat > form.maxLifetime) throw refuse(`it may live ${form.maxLifetime} seconds, no longer`);
  if (jti === undefined && form.jti === 'optional') return;
  if (typeof jti !== 'string' || jti === '' || jti.length > 256) throw refuse('jti is required: a string of 1 to 256 characters');
  call.proofs.keep(replayClaim('registration_request', [issuer.issuer, statement.softwareId, jti], new Date(exp * 1000)));
}

const withoutStatement = ({ software_statement: _, ...rest }: Metadata): Metadata => rest;

const isMapping = (value: unknown): value is Metadata => typeof value === 'object' && value !== null && !Array.isArray(value);
