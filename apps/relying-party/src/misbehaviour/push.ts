import { signRequestObject } from '@assent/crypto';
import type { Attempt, Expected, Refusal } from './attempt.js';

export const badClient: Refusal = { status: [400, 401], errors: ['invalid_client'] };
export const badRequest: Refusal = { status: [400], errors: ['invalid_request'] };

interface Changes {
  /** Parameters in place of the good ones; `undefined` leaves one out. */
  readonly change?: Readonly<Record<string, string | undefined>>;
  /** Of the client assertion. */
  readonly audience?: string;
}

/** Parameters of a request as JSON has them: what a signed object holds. */
export type Parameters = Readonly<Record<string, unknown>>;

/** The same as a form or an address has them. */
export const plain = (parameters: Parameters): Record<string, string> =>
  Object.fromEntries(Object.entries(parameters).flatMap(([name, value]) => (value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)]])));

/** The parameters as the client sends them: in a signed object where it signs its requests (RFC 9101). */
export async function carried({ client }: Attempt, parameters: Parameters): Promise<Record<string, string>> {
  if (!client.signsRequests) return plain(parameters);
  return { request: await signRequestObject({ clientId: client.metadata.client_id, audience: client.issuer, key: client.key, now: new Date(), parameters }) };
}

/** Pushes a request that is correct but for what is changed. */
export async function push(attempt: Attempt, step: string, expected: Expected, { change = {}, audience }: Changes = {}): Promise<Response> {
  const form = { ...(await carried(attempt, { ...attempt.request(), ...change })), ...(await attempt.authentication(attempt.client, audience)) };
  return attempt.post(step, attempt.endpoint('pushed_authorization_request_endpoint'), form, expected);
}
