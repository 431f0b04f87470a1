import type { Attempt, Refusal } from './attempt.js';
import { accountsUrl, always, bound, byCertificate, byDpop, strangerKey, transactionsUrl, without, type Misbehaviour } from './misbehaviour.js';

const badToken: Refusal = { status: [401], errors: ['invalid_token'] };
const badProof: Refusal = { status: [401], errors: ['invalid_dpop_proof'] };

const token = ({ flow }: Attempt): string => flow.tokens.access_token;
const bearer = (attempt: Attempt) => ({ authorization: `Bearer ${token(attempt)}` });
const dpop = (attempt: Attempt, proof: string) => ({ authorization: `DPoP ${token(attempt)}`, dpop: proof });

/** What a thief of an access token tries at the bank's API, and what the app itself may not. */
export const stolenToken: readonly Misbehaviour[] = [
  {
    name: 'replayed-proof', title: 'Replay a DPoP proof', attacker: 'A5', attack: 'TM-DPOP-01', clause: 'RFC 9449 11.1; FAPI 2.0 SP 6.2', possible: byDpop,
    explains: 'Somebody who read a request in a log sends it again, word for word.',
    run: async (attempt) => {
      const headers = dpop(attempt, await attempt.proof('GET', accountsUrl(attempt), { accessToken: token(attempt) }));
      await attempt.get('Read accounts', accountsUrl(attempt), 'fine', { headers });
      await attempt.get('Read accounts again with the same proof', accountsUrl(attempt), badProof, { headers });
    },
  },
  {
    name: 'wrong-key', title: 'Use the token with another key', attacker: 'A5', attack: 'TM-TOK-01', clause: 'RFC 9449 7.1; FAPI 2.0 SP 5.3.4', possible: byDpop,
    explains: 'A thief has the access token, but not the key it is bound to, and signs with one of their own.',
    run: async (attempt) => {
      const proof = await attempt.proof('GET', accountsUrl(attempt), { key: await strangerKey(), accessToken: token(attempt) });
      await attempt.get('Read accounts with a stranger’s proof', accountsUrl(attempt), badToken, { headers: dpop(attempt, proof) });
    },
  },
  {
    name: 'other-certificate', title: 'Use the token over another certificate', attacker: 'A5', attack: 'TM-TOK-01', clause: 'RFC 8705 3; FAPI 2.0 SP 5.3.4', possible: byCertificate, needsOther: 'anywhere',
    explains: 'A thief has the access token and a good certificate, but not the one the token is bound to.',
    run: async (attempt) => {
      await attempt.get('Read accounts over another client’s certificate', accountsUrl(attempt), badToken, { headers: bearer(attempt), over: attempt.other('anywhere'), certificate: true });
    },
  },
  {
    name: 'no-constraint', title: 'Use the token as a plain bearer token', attacker: 'A5', attack: 'TM-TOK-03', clause: 'RFC 9449 7.1; RFC 8705 3', possible: bound,
    explains: 'A thief pretends that the token was never bound to anything.',
    run: async (attempt) => {
      await attempt.get('Read accounts with nothing but the token', accountsUrl(attempt), badToken, { headers: bearer(attempt), certificate: false });
    },
  },
  {
    name: 'other-request', title: 'Use a proof for another request', attacker: 'A5', attack: 'TM-DPOP-03', clause: 'RFC 9449 4.3', possible: byDpop,
    explains: 'A proof made for one address is sent to another.',
    run: async (attempt) => {
      const proof = await attempt.proof('GET', accountsUrl(attempt), { accessToken: token(attempt) });
      await attempt.get('Read transactions with the proof for accounts', await transactionsUrl(attempt), badProof, { headers: dpop(attempt, proof) });
    },
  },
  {
    name: 'query-token', title: 'Put the token into the address', attacker: 'A3a', attack: 'TM-TOK-04', clause: 'FAPI 2.0 SP 5.3.4-2', possible: always,
    explains: 'Addresses end up in logs and histories, so a token is not taken from one.',
    run: async (attempt) => {
      await attempt.get('Read accounts with the token in the query', `${accountsUrl(attempt)}?access_token=${token(attempt)}`, { status: [400, 401] });
    },
  },
  {
    name: 'beyond-consent', title: 'Read what the customer was not asked for', attacker: 'A1', attack: 'F2-RS-04', clause: 'FAPI 2.0 SP 5.3.4; RFC 6750 3.1', possible: without('transactions'),
    explains: 'The app itself reaches beyond its consent: with a good token and its own key, for transactions it never asked for.',
    run: async (attempt) => {
      const url = await transactionsUrl(attempt);
      const headers = byDpop(attempt.flow) ? dpop(attempt, await attempt.proof('GET', url, { accessToken: token(attempt) })) : bearer(attempt);
      await attempt.get('Read transactions all the same', url, { status: [403], errors: ['insufficient_scope'] }, { headers });
    },
  },
]; // prettier-ignore
