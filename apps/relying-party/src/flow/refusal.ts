import * as openid from 'openid-client';
import { Mismatch } from '../market/mismatch.js';

/** Said above the timeline: how the last step went. */
export interface Notice {
  readonly tone: 'ok' | 'warn' | 'bad';
  readonly title: string;
  readonly text: string;
}

/** The demo itself stops here, in words for its reader. */
export class FlowError extends Error {
  override readonly name = 'FlowError';
}

/** What the codes of OAuth and of bearer challenges mean to somebody who never read them. */
const meanings: Readonly<Record<string, string>> = {
  access_denied: 'The answer at the bank was no. Nothing was shared.',
  login_required: 'The bank would have had to ask who is there, and was told not to.',
  invalid_token: 'The bank’s API does not take this access token: it was revoked, has ended, or belongs to another key.',
  insufficient_scope: 'The customer was not asked for this, so the token does not open it.',
  invalid_dpop_proof: 'The bank does not take the proof that goes with the token.',
  invalid_grant: 'The bank does not take this code or refresh token: it was used or revoked, or comes from the wrong app.',
  invalid_client: 'The bank does not believe that the app is who it says.',
  invalid_request: 'The bank finds a mistake in the request.',
  invalid_scope: 'The app may not ask for this.',
  unauthorized_client: 'The app may not ask in this way.',
  server_error: 'Something broke at the bank. Try again in a moment.',
  temporarily_unavailable: 'The bank is too busy to answer. Try again in a moment.',
};

/** A refusal in words: what the bank meant, then its own code and description. `undefined` for what is no refusal but a bug. */
export function noticeOf(error: unknown): Notice | undefined {
  if (error instanceof Mismatch) return { tone: 'bad', title: 'This step did not go as the market says', text: `Expected: ${error.expected}. Came: ${error.came}.` };
  if (error instanceof FlowError) return { tone: 'warn', title: 'This step was not taken', text: error.message };
  const said = answerIn(error);
  if (said) return { tone: 'warn', title: 'The bank said no', text: `${meanings[said.code] ?? 'The bank refused.'} Its answer: ${said.code}${said.description === undefined ? '' : ` (${said.description})`}.` };
  const unreachable = networkCode(error);
  if (unreachable) return { tone: 'warn', title: 'The bank cannot be reached', text: `No answer came (${unreachable}). Is the stack running?` };
  if (error instanceof openid.ClientError) return { tone: 'warn', title: 'The app dropped this answer', text: `It is not one it may trust: ${reason(error)}.` };
  return undefined;
}

/** The error an endpoint, a challenge or the front channel named. */
function answerIn(error: unknown): { readonly code: string; readonly description: string | undefined } | undefined {
  if (error instanceof openid.ResponseBodyError || error instanceof openid.AuthorizationResponseError) return { code: error.error, description: error.error_description };
  if (!(error instanceof openid.WWWAuthenticateChallengeError)) return undefined;
  const named = error.cause.find(({ parameters }) => parameters.error !== undefined)?.parameters;
  return named ? { code: named.error as string, description: named.error_description } : { code: `status ${error.status}`, description: undefined };
}

/** `ECONNREFUSED` and the like, wherever in the chain of causes it stands. */
function networkCode(error: unknown): string | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code, name } = current as NodeJS.ErrnoException;
    if (/^(E[A-Z]+|UND_ERR_[A-Z_]+|ERR_TLS_[A-Z_]+|[A-Z_]*CERT[A-Z_]*)$/.test(code ?? '')) return code;
    if (name === 'TimeoutError') return 'time ran out';
  }
  return undefined;
}

/** openid-client wraps what its protocol library found wrong, which says more. */
const reason = ({ message, cause }: Error): string => (cause instanceof Error ? cause.message : message).replace(/\.$/, '');
