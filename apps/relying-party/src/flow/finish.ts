import * as openid from 'openid-client';
import { decodeJwt } from '../inspector/redact.js';
import { asksForIdentity, withDpop } from './begin.js';
import { carriedBy, frontChannel } from './front-channel.js';
import { FlowError } from './refusal.js';
import type { BrowserSession, Flow, Pending } from './session.js';

/** A browser that was sent to the bank and has not come back yet. */
export type WaitingSession = BrowserSession & { readonly flow: Flow & { pending: Pending } };

export const isWaiting = (session: BrowserSession | undefined): session is WaitingSession => session?.flow?.pending !== undefined;

/**
 * The second half: the answer is judged before its code is used, then the code is exchanged
 * (FAPI 2.0 SP 5.3.3.2-5). `FlowError` when the answer is not for this browser or not of the bank that was asked;
 * openid-client's errors otherwise.
 */
export async function finishFlow(session: WaitingSession, callback: URL): Promise<void> {
  const { flow } = session;
  const { pending } = flow;
  const wrong = wrongAnswer(flow, callback);
  session.timeline.keep(comingBack(callback, wrong));
  if (wrong !== undefined) throw new FlowError(`${wrong} The app dropped it and used nothing of it.`);
  // Only now: an answer somebody slipped in must not spoil the flow that is under way.
  delete (flow as Flow).pending;
  const tokens = await openid.authorizationCodeGrant(flow.configuration, callback, expected(flow, pending), undefined, withDpop(flow));
  if (flow.tokens && pending.change) flow.older = { tokens: flow.tokens, by: pending.change };
  flow.tokens = tokens;
  flow.asked = pending.asked;
  flow.done = { requestUri: pending.requestUri, callback, codeVerifier: pending.codeVerifier };
  const subject = tokens.claims()?.sub;
  if (subject !== undefined) flow.subject = subject;
}

/** Whether the answer lies where only the browser sees it: in the fragment of the address. */
export const isInFragment = ({ flow }: WaitingSession, callback: URL): boolean => flow.detached && callback.search === '' && callback.hash === '';

/** Why an answer must be dropped (RFC 9207 section 2.4; F2-CL-10), if so. The bank always names itself. */
function wrongAnswer(flow: WaitingSession['flow'], callback: URL): string | undefined {
  const { issuer } = flow.configuration.serverMetadata();
  const [states, issuers] = [answered(callback, 'state'), answered(callback, 'iss')];
  if (states.length !== 1 || states[0] !== flow.pending.state) return 'This answer belongs to another request: its state is not the one this browser was given.';
  if (issuers.length !== 1 || issuers[0] !== issuer) return 'This answer is not of the bank that was asked: its iss is another.';
  return undefined;
}

/**
 * The values of a parameter of the answer: of the address or, where it holds one signed response, of that. What a
 * signed response says counts for dropping it only; openid-client proves it before it is used.
 */
export function answered(callback: URL, name: string): readonly string[] {
  const carried = carriedBy(callback);
  const response = carried.get('response');
  if (response === null) return carried.getAll(name);
  const value = (decodeJwt('response', response)?.claims as Readonly<Record<string, unknown>> | undefined)?.[name];
  return typeof value === 'string' ? [value] : [];
}

function comingBack(callback: URL, wrong: string | undefined) {
  const clause = 'RFC 9207; FAPI 2.0 SP 5.3.3.2-5';
  const step = 'The browser comes back';
  if (wrong !== undefined) return frontChannel({ step, clause, why: wrong, status: 200, verdict: 'refused-as-it-should' }, callback);
  if (answered(callback, 'error').length > 0) {
    return frontChannel({ step, clause, why: 'The bank says why there is no code; iss and state say whose answer it is.', status: 200, verdict: 'unexpected' }, callback);
  }
  if (carriedBy(callback).has('response')) {
    return frontChannel({ step, clause: 'JARM 2.1, 2.4', why: 'The answer is one signed JWT. Its issuer, audience, end and signature are proved before the code in it is used.', status: 200, verdict: 'fine' }, callback);
  }
  if (carriedBy(callback).has('id_token')) {
    return frontChannel({ step, clause: 'FAPI 1.0 Advanced 5.2.2.1, 5.2.3.1', why: 'The ID token signs this very answer: c_hash stands for the code, s_hash for the state. It is proved before the code is used.', status: 200, verdict: 'fine' }, callback);
  }
  return frontChannel({ step, clause, why: 'iss and state are compared before the code is used: an answer of another bank, or to another browser, is dropped.', status: 200, verdict: 'fine' }, callback);
}

function expected(flow: Flow, pending: Pending): openid.AuthorizationCodeGrantChecks {
  return {
    expectedState: pending.state,
    pkceCodeVerifier: flow.wrongVerifier ? openid.randomPKCECodeVerifier() : pending.codeVerifier,
    ...(asksForIdentity(pending.asked) ? { expectedNonce: pending.nonce, idTokenExpected: true } : {}),
  };
}
