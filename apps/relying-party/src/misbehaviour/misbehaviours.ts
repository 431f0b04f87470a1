import { generateSigningKey, openSigningKey, type SigningKey } from '@assent/crypto';
import type { DemoClient } from '../client/demo-client.js';
import { firstAccount } from '../flow/actions.js';
import type { Attempt, Expected } from './attempt.js';

/** Something no honest client does, sent for real. */
export interface Misbehaviour {
  readonly name: string;
  readonly title: string;
  /** Whose move it is in the FAPI 2.0 attacker model, and the attack's id in the threat model. */
  readonly attacker: string;
  readonly attack: string;
  readonly clause: string;
  readonly explains: string;
  readonly possible: (client: DemoClient) => boolean;
  /** Ends this flow's access: the answer to the attack revokes tokens. */
  readonly endsAccess?: boolean;
  readonly run: (attempt: Attempt) => Promise<void>;
}

const always = (): boolean => true;
const dpop = ({ metadata }: DemoClient): boolean => metadata.dpop_bound_access_tokens;
const certificateBound = (client: DemoClient): boolean => !dpop(client);
const assertion = ({ metadata }: DemoClient): boolean => metadata.token_endpoint_auth_method === 'private_key_jwt';

// The resource server names its errors in the challenge; its body carries the same code.
const badToken: Expected = { status: [401], errors: ['invalid_token'] };
const badProof: Expected = { status: [401], errors: ['invalid_dpop_proof'] };
const badClient: Expected = { status: [400, 401], errors: ['invalid_client'] };
const badRequest: Expected = { status: [400], errors: ['invalid_request'] };
const errorPage: Expected = { status: [400] };

const accounts = (attempt: Attempt): string => `${attempt.around.resource}/accounts`;
const token = (attempt: Attempt): string => attempt.flow.tokens.access_token;

async function strangerKey(): Promise<SigningKey> {
  return openSigningKey({ ...(await generateSigningKey('ES256')), alg: 'ES256' });
}

/** The same authentication for two requests: an assertion is signed once. */
async function pushTwice(attempt: Attempt): Promise<void> {
  const form = { ...attempt.request(), ...(await attempt.authentication()) };
  const url = attempt.endpoint('pushed_authorization_request_endpoint');
  await attempt.post('Push a request', url, form, 'fine');
  await attempt.post('Push again with the same client assertion', url, form, badClient);
}

async function push(attempt: Attempt, change: Record<string, string | undefined>, expected: Expected | 'fine', step: string, audience?: string): Promise<Response> {
  const form = { ...attempt.request(), ...(await attempt.authentication(attempt.client, audience)), ...change };
  const sent = Object.fromEntries(Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined));
  return attempt.post(step, attempt.endpoint('pushed_authorization_request_endpoint'), sent, expected);
}

export const misbehaviours: readonly Misbehaviour[] = [
  {
    name: 'replayed-proof', title: 'Replay a DPoP proof', attacker: 'A5', attack: 'TM-DPOP-01', clause: 'RFC 9449 11.1; FAPI 2.0 SP 6.2', possible: dpop,
    explains: 'Somebody who read a request in a log sends it again, word for word.',
    run: async (attempt) => {
      const proof = await attempt.proof('GET', accounts(attempt), { accessToken: token(attempt) });
      const headers = { authorization: `DPoP ${token(attempt)}`, dpop: proof };
      await attempt.get('Read accounts', accounts(attempt), 'fine', headers);
      await attempt.get('Read accounts again with the same proof', accounts(attempt), badProof, headers);
    },
  },
  {
    name: 'wrong-key', title: 'Use the token with another key', attacker: 'A5', attack: 'TM-TOK-01', clause: 'RFC 9449 7.1; FAPI 2.0 SP 5.3.4', possible: dpop,
    explains: 'A thief has the access token, but not the key it is bound to, and signs with one of their own.',
    run: async (attempt) => {
      const proof = await attempt.proof('GET', accounts(attempt), { key: await strangerKey(), accessToken: token(attempt) });
      await attempt.get('Read accounts with a stranger’s proof', accounts(attempt), badToken, { authorization: `DPoP ${token(attempt)}`, dpop: proof });
    },
  },
  {
    name: 'other-certificate', title: 'Use the token over another certificate', attacker: 'A5', attack: 'TM-TOK-01', clause: 'RFC 8705 3; FAPI 2.0 SP 5.3.4', possible: certificateBound,
    explains: 'A thief has the access token and a good certificate, but not the one the token is bound to.',
    run: async (attempt) => {
      const other = attempt.others.find((client) => client.metadata.client_id !== attempt.client.metadata.client_id);
      if (!other) throw new Error('the demo has no other client');
      await attempt.get('Read accounts over another client’s certificate', accounts(attempt), badToken, { authorization: `Bearer ${token(attempt)}` }, { agent: other.withCertificate, certificate: true });
    },
  },
  {
    name: 'no-constraint', title: 'Use the token as a plain bearer token', attacker: 'A5', attack: 'TM-TOK-03', clause: 'RFC 9449 7.1; RFC 8705 3', possible: always,
    explains: 'A thief pretends that the token was never bound to anything.',
    run: async (attempt) => {
      await attempt.get('Read accounts with nothing but the token', accounts(attempt), badToken, { authorization: `Bearer ${token(attempt)}` }, { agent: attempt.around.plain, certificate: false });
    },
  },
  {
    name: 'other-request', title: 'Use a proof for another request', attacker: 'A5', attack: 'TM-DPOP-03', clause: 'RFC 9449 4.3', possible: dpop,
    explains: 'A proof made for one address is sent to another.',
    run: async (attempt) => {
      const url = `${accounts(attempt)}/${await firstAccount(attempt.flow, attempt.around)}/transactions`;
      const proof = await attempt.proof('GET', accounts(attempt), { accessToken: token(attempt) });
      await attempt.get('Read transactions with the proof for accounts', url, badProof, { authorization: `DPoP ${token(attempt)}`, dpop: proof });
    },
  },
  {
    name: 'query-token', title: 'Put the token into the address', attacker: 'A3a', attack: 'TM-TOK-04', clause: 'FAPI 2.0 SP 5.3.4-2', possible: always,
    explains: 'Addresses end up in logs and histories, so a token is not taken from one.',
    run: async (attempt) => {
      await attempt.get('Read accounts with the token in the query', `${accounts(attempt)}?access_token=${token(attempt)}`, { status: [400, 401] });
    },
  },
  {
    name: 'replayed-assertion', title: 'Replay a client assertion', attacker: 'A2', attack: 'TM-CA-01', clause: 'OpenID Connect Core 9; RFC 7523 3', possible: assertion,
    explains: 'Somebody sends a captured request a second time.',
    run: pushTwice,
  },
  {
    name: 'audience-injection', title: 'Sign for another audience', attacker: 'A1a', attack: 'TM-CA-02', clause: 'FAPI 2.0 SP 5.3.2.1-8', possible: assertion,
    explains: 'A rogue bank made the client sign an assertion for the honest bank’s token endpoint.',
    run: async (attempt) => {
      await push(attempt, {}, badClient, 'Push with the token endpoint as audience', attempt.endpoint('token_endpoint'));
    },
  },
  {
    name: 'stale-code', title: 'Use the code a second time', attacker: 'A1', attack: 'TM-CODE-03', clause: 'FAPI 2.0 SP 5.3.2.2-9; RFC 6749 4.1.2', possible: always, endsAccess: true,
    explains: 'A code that was used is presented again. The tokens that came from it are revoked, too: that is why your access ends here.',
    run: async (attempt) => {
      const { done } = attempt.flow;
      if (!done) throw new Error('no code was used yet');
      const url = attempt.endpoint('token_endpoint');
      const form = { grant_type: 'authorization_code', code: done.callback.searchParams.get('code') ?? '', redirect_uri: attempt.around.redirectUri, code_verifier: done.codeVerifier, ...(await attempt.authentication()) };
      const headers = attempt.flow.dpop ? { dpop: await attempt.proof('POST', url) } : undefined;
      await attempt.post('Exchange the used code again', url, form, { status: [400], errors: ['invalid_grant'] }, headers);
    },
  },
  {
    name: 'foreign-refresh', title: 'Use another client’s refresh token', attacker: 'A1', attack: 'TM-RT-01', clause: 'RFC 6749 6', possible: ({ metadata }) => metadata.grant_types.includes('refresh_token'),
    explains: 'A stolen refresh token is presented by another registered client, properly authenticated.',
    run: async (attempt) => {
      const other = attempt.others.find((client) => client.metadata.client_id !== attempt.client.metadata.client_id);
      if (!other) throw new Error('the demo has no other client');
      const url = attempt.endpoint('token_endpoint', other);
      const form = { grant_type: 'refresh_token', refresh_token: attempt.flow.tokens.refresh_token ?? '', ...(await attempt.authentication(other)) };
      const headers = dpop(other) ? { dpop: await attempt.proof('POST', url, { key: await strangerKey() }) } : undefined;
      await attempt.post('Refresh as another client', url, form, { status: [400], errors: ['invalid_grant'] }, headers, other);
    },
  },
  {
    name: 'altered-request', title: 'Swap the request on its way', attacker: 'A3a', attack: 'TM-PAR-03', clause: 'RFC 9126 2.2; FAPI 2.0 SP 5.3.2.2', possible: always,
    explains: 'Somebody who saw the address in the browser sends the reference under another client’s name.',
    run: async (attempt) => {
      const pushed = (await (await push(attempt, {}, 'fine', 'Push a request')).json()) as { request_uri: string };
      const other = attempt.others.find((client) => client.metadata.client_id !== attempt.client.metadata.client_id);
      const url = `${attempt.flow.configuration.serverMetadata().authorization_endpoint ?? ''}?${new URLSearchParams({ client_id: other?.metadata.client_id ?? 'nobody', request_uri: pushed.request_uri }).toString()}`;
      await attempt.get('Open it under another client’s name', url, errorPage, {}, { agent: attempt.around.plain, certificate: false });
    },
  },
  {
    name: 'reused-request', title: 'Open a finished request again', attacker: 'A3a', attack: 'TM-PAR-02', clause: 'FAPI 2.0 SP 5.3.2.2, note 3', possible: always,
    explains: 'A reference that led to a yes is opened once more.',
    run: async (attempt) => {
      const url = `${attempt.flow.configuration.serverMetadata().authorization_endpoint ?? ''}?${new URLSearchParams({ client_id: attempt.client.metadata.client_id, request_uri: attempt.flow.done?.requestUri ?? '' }).toString()}`;
      await attempt.get('Open the finished request', url, errorPage, {}, { agent: attempt.around.plain, certificate: false });
    },
  },
  {
    name: 'not-pushed', title: 'Skip the pushed request', attacker: 'A1', attack: 'TM-PAR-01', clause: 'FAPI 2.0 SP 5.3.2.2-3', possible: always,
    explains: 'All parameters stand in the address, where anybody on the way could change them.',
    run: async (attempt) => {
      const parameters = new URLSearchParams({ ...attempt.request(), client_id: attempt.client.metadata.client_id });
      const url = `${attempt.flow.configuration.serverMetadata().authorization_endpoint ?? ''}?${parameters.toString()}`;
      await attempt.get('Ask with plain parameters', url, errorPage, {}, { agent: attempt.around.plain, certificate: false });
    },
  },
  {
    name: 'no-pkce', title: 'Leave out PKCE', attacker: 'A1', attack: 'TM-PKCE-01', clause: 'FAPI 2.0 SP 5.3.2.2-5', possible: always,
    explains: 'Without a challenge, a stolen code could be used by whoever holds it.',
    run: async (attempt) => {
      await push(attempt, { code_challenge: undefined, code_challenge_method: undefined }, badRequest, 'Push without a code challenge');
    },
  },
  {
    name: 'plain-pkce', title: 'Downgrade PKCE', attacker: 'A1', attack: 'TM-PKCE-01', clause: 'FAPI 2.0 SP 5.3.2.2-5', possible: always,
    explains: 'With the method plain, the challenge would be the secret itself.',
    run: async (attempt) => {
      await push(attempt, { code_challenge_method: 'plain' }, badRequest, 'Push with the method plain');
    },
  },
  {
    name: 'foreign-redirect', title: 'Ask for another way back', attacker: 'A1', attack: 'TM-RED-03', clause: 'RFC 9700 2.1; RFC 9126 2.4', possible: always,
    explains: 'The code would go to an address that is not registered.',
    run: async (attempt) => {
      await push(attempt, { redirect_uri: 'https://attacker.example/callback' }, badRequest, 'Push with a foreign redirect URI');
    },
  },
];

export const misbehaviourNamed = (name: string): Misbehaviour | undefined => misbehaviours.find((misbehaviour) => misbehaviour.name === name);
