import type { Attempt, Expected, Refusal } from './attempt.js';

export const badClient: Refusal = { status: [400, 401], errors: ['invalid_client'] };
export const badRequest: Refusal = { status: [400], errors: ['invalid_request'] };

interface Changes {
  /** Parameters in place of the good ones; `undefined` leaves one out. */
  readonly change?: Readonly<Record<string, string | undefined>>;
  /** Of the client assertion. */
  readonly audience?: string;
}

/** Pushes a request that is correct but for what is changed. */
export async function push(attempt: Attempt, step: string, expected: Expected, { change = {}, audience }: Changes = {}): Promise<Response> {
  const form = { ...attempt.request(), ...(await attempt.authentication(attempt.client, audience)), ...change };
  const sent = Object.fromEntries(Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return attempt.post(step, attempt.endpoint('pushed_authorization_request_endpoint'), sent, expected);
}
