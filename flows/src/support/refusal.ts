import { introspectionClientId, type Answer, type Change, type FapiClient, type Visitor } from '@assent/testing/fapi';
import type { LogBook } from './log-book.js';
import type { Stack } from './stack.js';

/** What a row works with. Everything in it is good; the row changes one thing. */
export interface Scene {
  readonly stack: Stack;
  /** private_key_jwt, bound by DPoP. */
  readonly client: FapiClient;
  /** private_key_jwt, bound by certificate. */
  readonly bound: FapiClient;
  /** tls_client_auth, bound by certificate. */
  readonly tls: FapiClient;
  /** self_signed_tls_client_auth, bound by certificate. */
  readonly selfSigned: FapiClient;
  /** Another private_key_jwt client. */
  readonly other: FapiClient;
  /** The resource server's own client. */
  readonly api: FapiClient;
  /** Ana's browser, signed in. */
  readonly ana: Visitor;
}

/** How the answer must look. */
export interface Expected {
  readonly status: number | readonly number[];
  /** The OAuth error code; `null`: an answer without one. */
  readonly error: string | readonly string[] | null;
  /** Headers and what their values must match. */
  readonly headers?: Readonly<Record<string, RegExp>>;
}

/** One good step with exactly one thing changed. `mutate` makes the change; what it returns is merged into the step. */
export interface Row<Good> {
  readonly rule: string;
  readonly title: string;
  /** The rule the server itself names in its log, where that is another than the sheet's. */
  readonly by?: string;
  readonly mutate: (scene: Scene, good: Good) => Change | Promise<Change>;
  readonly expect: Expected;
}

export const refused = (error: string, status = 400): Expected => ({ status, error });
export const invalidClient: Expected = { status: 401, error: 'invalid_client' };
export const accepted: Expected = { status: [200, 201], error: null };

/** Status, error code, headers, and what every refusal has: JSON, no token, nothing that may be stored (F2-AS-17). */
export function expectAnswer(answer: Answer, { status, error, headers = {} }: Expected): void {
  const shown = { status: answer.status, error: answer.json['error'] ?? null, description: answer.json['error_description'] };
  expect({ ...shown, wanted: [status].flat().includes(answer.status) }).toMatchObject({ wanted: true });
  if (error === null) expect(shown).toMatchObject({ error: null });
  else expect({ ...shown, wanted: [error].flat().includes(String(shown.error)) }).toMatchObject({ wanted: true });
  for (const [name, value] of Object.entries(headers)) expect(`${name}: ${answer.headers.get(name) ?? ''}`).toMatch(value);
  if (error === null) return;
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  for (const name of ['access_token', 'refresh_token', 'id_token', 'request_uri', 'code']) expect(answer.json).not.toHaveProperty(name);
  // RFC 6749 section 5.2: printable ASCII without quote and backslash.
  expect(String(shown.description ?? '')).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/);
}

/** The answer, and that it was refused for this reason and not for another that happens to look the same. */
export async function expectRefusedBy(log: LogBook, answer: Answer, { rule, by, expect: expected }: { readonly rule: string; readonly by?: string; readonly expect: Expected }): Promise<void> {
  expectAnswer(answer, expected);
  expect(await log.ruleOf(answer)).toBe(expected.error === null ? undefined : (by ?? rule));
}

export async function openScene(stack: Stack): Promise<Scene> {
  const ids = ['jwt-dpop', 'jwt-mtls', 'ca-mtls', 'self-mtls', 'other', introspectionClientId];
  const [client, bound, tls, selfSigned, other, api] = (await Promise.all(ids.map((id) => stack.party(id)))) as [FapiClient, FapiClient, FapiClient, FapiClient, FapiClient, FapiClient];
  return { stack, client, bound, tls, selfSigned, other, api, ana: stack.visitor() };
}
