import { invalidRequest, type ClaimRequest, type ClaimsRequest } from '@assent/protocol';

type Members = Readonly<Record<string, ClaimRequest | null>>;

/**
 * The `claims` parameter (OpenID Connect Core section 5.5). Unknown members are dropped, unknown claims are kept: they
 * are simply not delivered. `invalid_request` when it is not the JSON the section describes (OIDC-05).
 */
export function parseClaims(text: string): ClaimsRequest {
  const parsed = object(json(text), 'claims');
  const userinfo = members(parsed['userinfo'], 'userinfo');
  const idToken = members(parsed['id_token'], 'id_token');
  return { ...(userinfo ? { userinfo } : {}), ...(idToken ? { id_token: idToken } : {}) };
}

function members(value: unknown, name: string): Members | undefined {
  if (value === undefined || value === null) return undefined;
  const entries = Object.entries(object(value, name)).map(([claim, wanted]) => [claim, claimRequest(wanted, claim)] as const);
  return Object.fromEntries(entries);
}

function claimRequest(value: unknown, claim: string): ClaimRequest | null {
  if (value === null) return null;
  const { essential, values, ...rest } = object(value, claim);
  if (essential !== undefined && typeof essential !== 'boolean') throw refusal('essential must be true or false');
  if (values !== undefined && !Array.isArray(values)) throw refusal('values must be an array');
  return {
    ...(essential === undefined ? {} : { essential }),
    ...(values === undefined ? {} : { values }),
    ...('value' in rest ? { value: rest['value'] } : {}),
  };
}

function json(text: string): unknown {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw refusal('claims is not JSON', cause);
  }
  verifyStorable(parsed, maxDepth);
  return parsed;
}

/** Far more than any claim request needs; what is nested deeper cannot be written down again. */
const maxDepth = 12;

/** JSON can escape what PostgreSQL's JSON cannot hold: NUL and halves of surrogate pairs. Refused here, or the consent fails later. */
function verifyStorable(value: unknown, depth: number): void {
  if (typeof value === 'string') verifyText(value);
  if (typeof value !== 'object' || value === null) return;
  if (depth === 0) throw refusal('claims is nested too deeply');
  for (const [name, member] of Object.entries(value)) {
    verifyText(name);
    verifyStorable(member, depth - 1);
  }
}

function verifyText(text: string): void {
  if (text.includes('\0') || /\p{Surrogate}/u.test(text)) throw refusal('claims holds text that is not Unicode, or NUL');
}

function object(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refusal(`${name} must be a JSON object`);
  return value as Record<string, unknown>;
}

const refusal = (description: string, cause?: unknown) => invalidRequest(description, 'OIDC-05', cause);
