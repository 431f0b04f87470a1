import { OutboundError, type Post } from '@assent/http';
import type { GrantEvents } from '@assent/protocol';

export type PushOutcome = { readonly outcome: 'delivered' } | { readonly outcome: 'failed'; readonly reason: string };

/** Sends one token to its receiver (RFC 8935 section 2). Only 202 means that it was taken. */
export async function pushEvent(post: Post, { endpoint, authorization_header: header }: Extract<GrantEvents, { delivery: 'push' }>, token: string): Promise<PushOutcome> {
  const headers = { 'content-type': 'application/secevent+jwt', accept: 'application/json', ...(header && { authorization: header.reveal() }) };
  try {
    const { status, text } = await post(endpoint, headers, token);
    return status === 202 ? { outcome: 'delivered' } : { outcome: 'failed', reason: `status ${status}${errorCode(text)}` };
  } catch (error) {
    if (error instanceof OutboundError) return { outcome: 'failed', reason: error.message };
    throw error;
  }
}

/** `err` of RFC 8935 section 2.3, if it is a word; descriptions are somebody else's text and stay out of the log. */
function errorCode(text: string): string {
  try {
    const { err } = JSON.parse(text) as { readonly err?: unknown };
    return typeof err === 'string' && /^[a-z_]{1,50}$/.test(err) ? ` ${err}` : '';
  } catch {
    return '';
  }
}
