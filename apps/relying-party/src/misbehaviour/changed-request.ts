import type { Attempt, Refusal } from './attempt.js';
import { always, type Misbehaviour } from './misbehaviour.js';
import { badRequest, plain, push } from './push.js';

const errorPage: Refusal = { status: [400] };

/** The browser's part: a page of the bank that must be an error page. */
const open = (attempt: Attempt, step: string, parameters: Record<string, string>): Promise<Response> =>
  attempt.get(step, attempt.authorizationUrl(parameters), errorPage, { headers: { accept: 'text/html' }, certificate: false });

async function openUnderAnotherName(attempt: Attempt): Promise<void> {
  const pushed = (await (await push(attempt, 'Push a request', 'fine')).json()) as { readonly request_uri: string };
  await open(attempt, 'Open it under another client’s name', { client_id: attempt.other('same-issuer').metadata.client_id, request_uri: pushed.request_uri });
}

/** What somebody on the way, or a careless client, does to the request. */
export const changedRequest: readonly Misbehaviour[] = [
  {
    name: 'altered-request', title: 'Swap the request on its way', attacker: 'A3a', attack: 'TM-PAR-03', clause: 'RFC 9126 2.2; FAPI 2.0 SP 5.3.2.2', possible: always, needsOther: 'same-issuer',
    explains: 'Somebody who saw the address in the browser sends the reference under another client’s name.',
    run: openUnderAnotherName,
  },
  {
    name: 'reused-request', title: 'Open a finished request again', attacker: 'A3a', attack: 'TM-PAR-02', clause: 'FAPI 2.0 SP 5.3.2.2, note 3', possible: always,
    explains: 'A reference that led to a yes is opened once more.',
    run: async (attempt) => {
      await open(attempt, 'Open the finished request', { client_id: attempt.client.metadata.client_id, request_uri: attempt.flow.done?.requestUri ?? '' });
    },
  },
  {
    name: 'not-pushed', title: 'Ask with plain parameters', attacker: 'A1', attack: 'TM-PAR-01', clause: 'FAPI 2.0 SP 5.3.2.2-3; FAPI 1.0 Advanced 5.2.2-1', possible: ({ client }) => client.policy.par === 'required' || client.signsRequests,
    explains: 'All parameters stand in the address, where anybody on the way could change them.',
    run: async (attempt) => {
      await open(attempt, 'Ask with plain parameters', { ...plain(attempt.request()), client_id: attempt.client.metadata.client_id });
    },
  },
  {
    name: 'no-pkce', title: 'Leave out PKCE', attacker: 'A1', attack: 'TM-PKCE-01', clause: 'FAPI 2.0 SP 5.3.2.2-5', possible: always,
    explains: 'Without a challenge, a stolen code could be used by whoever holds it.',
    run: async (attempt) => {
      await push(attempt, 'Push without a code challenge', badRequest, { change: { code_challenge: undefined, code_challenge_method: undefined } });
    },
  },
  {
    name: 'plain-pkce', title: 'Downgrade PKCE', attacker: 'A1', attack: 'TM-PKCE-01', clause: 'FAPI 2.0 SP 5.3.2.2-5', possible: always,
    explains: 'With the method plain, the challenge would be the secret itself.',
    run: async (attempt) => {
      await push(attempt, 'Push with the method plain', badRequest, { change: { code_challenge_method: 'plain' } });
    },
  },
  {
    name: 'foreign-redirect', title: 'Ask for another way back', attacker: 'A1', attack: 'TM-RED-03', clause: 'RFC 9700 2.1; RFC 9126 2.4', possible: always,
    explains: 'The code would go to an address that is not registered.',
    run: async (attempt) => {
      await push(attempt, 'Push with a foreign redirect URI', badRequest, { change: { redirect_uri: 'https://attacker.example/callback' } });
    },
  },
]; // prettier-ignore
