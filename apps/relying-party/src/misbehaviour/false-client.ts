import { answered } from '../flow/finish.js';
import type { Attempt } from './attempt.js';
import { always, byAssertion, strangerKey, type Misbehaviour } from './misbehaviour.js';
import { badClient, carried, push } from './push.js';

const badGrant = { status: [400], errors: ['invalid_grant'] };

/** The same authentication for two requests: an assertion is signed once. */
async function pushTwice(attempt: Attempt): Promise<void> {
  const form = { ...(await carried(attempt, attempt.request())), ...(await attempt.authentication()) };
  const url = attempt.endpoint('pushed_authorization_request_endpoint');
  await attempt.post('Push a request', url, form, 'fine');
  await attempt.post('Push again with the same client assertion', url, form, badClient);
}

async function reuseCode(attempt: Attempt): Promise<void> {
  const { done, dpop } = attempt.flow;
  const url = attempt.endpoint('token_endpoint');
  const form = {
    grant_type: 'authorization_code',
    code: (done && answered(done.callback, 'code')[0]) ?? '',
    redirect_uri: attempt.around.redirectUri,
    code_verifier: done?.codeVerifier ?? '',
    ...(await attempt.authentication()),
  };
  await attempt.post('Exchange the used code again', url, form, badGrant, dpop ? { headers: { dpop: await attempt.proof('POST', url) } } : {});
}

async function refreshAsAnother(attempt: Attempt): Promise<void> {
  const other = attempt.other('same-issuer');
  const url = attempt.endpoint('token_endpoint', other);
  const form = { grant_type: 'refresh_token', refresh_token: attempt.flow.tokens.refresh_token ?? '', ...(await attempt.authentication(other)) };
  const headers = other.metadata.dpop_bound_access_tokens ? { dpop: await attempt.proof('POST', url, { key: await strangerKey() }) } : {};
  await attempt.post('Refresh as another client', url, form, badGrant, { headers, over: other });
}

/** What somebody tries who poses as a client, or as the same client once more. */
export const falseClient: readonly Misbehaviour[] = [
  {
    name: 'replayed-assertion', title: 'Replay a client assertion', attacker: 'A2', attack: 'TM-CA-01', clause: 'OpenID Connect Core 9; RFC 7523 3', possible: byAssertion,
    explains: 'Somebody sends a captured request a second time.',
    run: pushTwice,
  },
  {
    name: 'audience-injection', title: 'Sign for another audience', attacker: 'A1a', attack: 'TM-CA-02', clause: 'FAPI 2.0 SP 5.3.2.1-8', possible: (flow) => byAssertion(flow) && flow.client.policy.assertionAudience === 'issuer',
    explains: 'A rogue bank made the client sign an assertion for the honest bank’s token endpoint.',
    run: async (attempt) => {
      await push(attempt, 'Push with the token endpoint as audience', badClient, { audience: attempt.endpoint('token_endpoint') });
    },
  },
  {
    name: 'foreign-refresh', title: 'Use another client’s refresh token', attacker: 'A1', attack: 'TM-RT-01', clause: 'RFC 6749 6', possible: ({ tokens }) => tokens.refresh_token !== undefined, needsOther: 'same-issuer',
    explains: 'A stolen refresh token is presented by another registered client, properly authenticated.',
    run: refreshAsAnother,
  },
  {
    name: 'stale-code', title: 'Use the code a second time', attacker: 'A1', attack: 'TM-CODE-03', clause: 'FAPI 2.0 SP 5.3.2.2-9; RFC 6749 4.1.2', possible: always, endsAccess: true,
    explains: 'A code that was used is presented again. This ends the app’s access: the bank revokes the tokens that came from the code.',
    run: reuseCode,
  },
]; // prettier-ignore
