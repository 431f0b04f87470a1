import { decryptToJws, introspectionType, JweError, looksEncrypted, signClientAssertion, verifyIntrospection, type DecryptionRules, type IntrospectionRules } from '@assent/crypto';
import { invalidToken, OAuthError, sha256, type AccessTokenFacts, type AuthorizationDetail, type Clock, type Confirmation, type SigningAlg } from '@assent/protocol';
import { unreachable } from './fetched.js';
import type { Issuer } from './issuer.js';
import type { AskAboutToken, HttpPorts, IntrospectionClient } from './options.js';
import type { ReadToken } from './token-reader.js';

type Answer = Readonly<Record<string, unknown>>;
interface Kept {
  readonly askedAt: number;
  readonly answer: Promise<Answer>;
}

const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const capacity = 10_000;

/** Asks an issuer's introspection endpoint, as a client authenticated with `private_key_jwt` (INT-01). */
export const askingAs =
  ({ clientId, key, signed = false, decryption }: IntrospectionClient, algs: readonly SigningAlg[], issuer: Issuer, http: HttpPorts, clock: Clock): AskAboutToken =>
  async (token) => {
    const endpoint = await issuer.introspectionEndpoint();
    const assertion = await signClientAssertion({ clientId, audience: issuer.identifier, key, now: clock.now() });
    const form = new URLSearchParams({ token, token_type_hint: 'access_token', client_id: clientId, client_assertion_type: assertionType, client_assertion: assertion });
    const { status, body } = await http.postForm(endpoint, form, ...(signed ? [introspectionType] : []));
    if (signed && status === 200) return readSigned(body, decryption, { issuer: issuer.identifier, audience: clientId, algs, keys: issuer.keys, now: clock.now() });
    if (status !== 200 || typeof body !== 'object' || body === null) throw new Error(`${endpoint} answered ${status}`);
    return body as Answer;
  };

/** An answer that is not signed is none (MS-INT-08). */
async function readSigned(body: unknown, decryption: DecryptionRules | undefined, rules: IntrospectionRules): Promise<Answer> {
  if (typeof body !== 'string') throw invalidToken('the answer about the access token is not signed', 'MS-INT-08');
  return verifyIntrospection(decryption && looksEncrypted(body) ? await opened(body, decryption) : body, rules);
}

async function opened(body: string, decryption: DecryptionRules): Promise<string> {
  try {
    return await decryptToJws(body, decryption);
  } catch (cause) {
    throw cause instanceof JweError ? invalidToken(`the answer about the access token cannot be opened: ${cause.message}`, 'MS-INT-08', cause) : cause;
  }
}

/**
 * What one issuer says about tokens (RFC 7662). An answer serves again for at most `cacheMs`, counted from when it was
 * asked for, so that a revocation is honoured within that time; equal questions under way share one request.
 */
export class Introspection {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly ask: AskAboutToken,
    private readonly options: { readonly issuer: string; readonly resource: string; readonly bearer: boolean; readonly cacheMs: number; readonly clock: Clock },
  ) {}

  /** What a good token says. Rejects with `invalid_token` when inactive or not for us, 503 when that cannot be known. */
  async read(token: string): Promise<ReadToken> {
    const { issuer, resource, bearer, clock } = this.options;
    const answer = await this.#answer(token);
    if (answer['active'] !== true) throw invalidToken('the access token is not active', 'F2-RS-03');
    return readAnswer(answer, { issuer, resource, bearer }, clock.now());
  }

  #answer(token: string): Promise<Answer> {
    const now = this.options.clock.now().getTime();
    this.#forgetBefore(now - this.options.cacheMs);
    const key = sha256(token).toString('base64url');
    const kept = this.#kept.get(key);
    if (kept) return kept.answer;
    const answer = this.ask(token).catch((error: unknown) => {
      this.#kept.delete(key);
      throw error instanceof OAuthError ? error : unreachable(error);
    });
    this.#kept.set(key, { askedAt: now, answer });
    return answer;
  }

  /** Kept answers lie in the order they were asked for. */
  #forgetBefore(time: number): void {
    for (const [key, { askedAt }] of this.#kept) {
      if (askedAt > time && this.#kept.size < capacity) return;
      this.#kept.delete(key);
    }
  }
}

/** Checks an active answer as a JWT would be checked (AT-05) and reads it. */
function readAnswer(answer: Answer, { issuer, resource, bearer }: { readonly issuer: string; readonly resource: string; readonly bearer: boolean }, now: Date): ReadToken {
  const audience = [answer['aud'] ?? []].flat().filter((aud): aud is string => typeof aud === 'string');
  if (answer['iss'] !== undefined && answer['iss'] !== issuer) throw invalidToken('the access token is of another issuer', 'AT-05');
  if (!audience.includes(resource)) throw invalidToken('the access token is for another resource', 'AT-05');
  const exp = seconds(answer['exp']);
  const clientId = string(answer['client_id']);
  const subject = string(answer['sub']);
  if (exp === undefined || clientId === undefined || subject === undefined) throw unreachable(new Error(`${issuer}: introspection answer lacks exp, client_id or sub`));
  if (exp.getTime() <= now.getTime()) throw invalidToken('the access token has expired', 'F2-RS-03');
  const nbf = seconds(answer['nbf']);
  if (nbf && nbf.getTime() > now.getTime()) throw invalidToken('the access token is not valid yet', 'F2-RS-03');
  const facts: AccessTokenFacts = {
    jti: string(answer['jti']) ?? '',
    issuer,
    clientId,
    subject,
    scope: (string(answer['scope']) ?? '').split(' ').filter(Boolean),
    audience,
    issuedAt: seconds(answer['iat']) ?? now,
    expiresAt: exp,
    confirmation: confirmationOf(answer['cnf'], bearer),
    ...optional('grantId', string(answer['grant_id'])),
    ...optional('grantVersion', integer(answer['grant_version'])),
    ...optional('authorizationDetails', detailsOf(answer['authorization_details'])),
    ...optional('acr', string(answer['acr'])),
    ...optional('authTime', seconds(answer['auth_time'])),
  };
  return { facts, claims: answer };
}

/** Exactly one way to prove possession, as in a JWT (F2-RS-05). */
function confirmationOf(cnf: unknown, bearer: boolean): Confirmation | undefined {
  if (cnf === undefined && bearer) return undefined;
  const [[method, value] = [], ...more] = typeof cnf === 'object' && cnf !== null ? Object.entries(cnf) : [];
  if (more.length === 0 && typeof value === 'string') {
    if (method === 'jkt') return { jkt: value };
    if (method === 'x5t#S256') return { 'x5t#S256': value };
  }
  throw invalidToken('the access token is not bound to its sender', 'F2-RS-05');
}

/** RFC 9396 section 9.2. What is malformed permits nothing, so the token as a whole is not honoured. */
function detailsOf(value: unknown): readonly AuthorizationDetail[] | undefined {
  if (value === undefined) return undefined;
  const wellFormed = Array.isArray(value) && value.every((one: unknown) => typeof one === 'object' && one !== null && typeof (one as AuthorizationDetail).type === 'string');
  if (!wellFormed) throw invalidToken('the access token has malformed authorization_details', 'AT-02');
  return value as readonly AuthorizationDetail[];
}

const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const integer = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? (value as number) : undefined);
const seconds = (value: unknown): Date | undefined => (typeof value === 'number' && Number.isFinite(value) ? new Date(value * 1000) : undefined);
const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: V };
