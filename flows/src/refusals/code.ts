import type { Answer, FapiClient } from '@assent/testing/fapi';
import { invalidClient, refused, type Expected, type Scene } from '../support/refusal.js';
import type { Authorized } from '../support/stack.js';
import { addedParameter, parameter, repeated } from './changes.js';

/** A token request for a fresh code of `client` (or `bound`), with one thing changed. */
export interface CodeRow {
  readonly rule: string;
  readonly title: string;
  readonly by?: string;
  /** Whose code it is; `client` unless told. */
  readonly of?: 'client' | 'bound';
  /** Changes to the pushed request: a key the code is bound to. */
  readonly pushed?: (scene: Scene) => Promise<Readonly<Record<string, string>>>;
  readonly send: (scene: Scene, good: Authorized, owner: FapiClient) => Promise<Answer>;
  readonly expect: Expected;
  /** What becomes of the code: whether the good request afterwards still gets tokens. */
  readonly code: 'spent' | 'kept';
}

const invalidGrant = refused('invalid_grant');
const noProof = refused('invalid_dpop_proof');
const ownKey = async ({ client }: Scene) => ({ dpop_jkt: await client.handle()!.calculateThumbprint() });

export const codeRows: readonly CodeRow[] = [
  { rule: 'F2-AZ-06', title: 'no code_verifier', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, parameter('code_verifier')), expect: invalidGrant, code: 'spent' },
  { rule: 'F2-AZ-06', title: 'another code_verifier', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, parameter('code_verifier', 'v'.repeat(43))), expect: invalidGrant, code: 'spent' },
  { rule: 'F2-AZ-06', title: 'the challenge as verifier', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, parameter('code_verifier', prepared.parameters['code_challenge'])), expect: invalidGrant, code: 'spent' },
  { rule: 'F2-AZ-06', title: 'a verifier shorter than allowed', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, parameter('code_verifier', prepared.verifier.slice(0, 42))), expect: invalidGrant, code: 'spent' },
  { rule: 'F2-AZ-11', title: 'no redirect_uri', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, parameter('redirect_uri')), expect: invalidGrant, code: 'spent' },
  { rule: 'F2-AZ-11', title: 'another redirect_uri', send: ({ other }, { prepared, code }, owner) => owner.redeem(prepared, code, parameter('redirect_uri', other.redirectUri)), expect: invalidGrant, code: 'spent' },
  { rule: 'F2-AZ-11', title: 'another client', send: ({ other }, { prepared, code }, owner) => other.redeem(prepared, code, parameter('redirect_uri', owner.redirectUri)), expect: invalidGrant, code: 'spent' },
  { rule: 'F2-AZ-10', title: 'a code nobody issued', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code.slice(0, -6) + 'AAAAAA'), expect: invalidGrant, code: 'kept' },
  { rule: 'F2-AZ-10', title: 'text that cannot be a code', send: (_, { prepared }, owner) => owner.redeem(prepared, 'code'), expect: invalidGrant, code: 'kept' },
  { rule: 'RFC 6749 4.1.3', by: 'ASSENT-FORM-01', title: 'no code', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, parameter('code')), expect: refused('invalid_request'), code: 'kept' },
  { rule: 'RFC 6749 3.2', by: 'ASSENT-FORM-02', title: 'the code twice', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, repeated('code')), expect: refused('invalid_request'), code: 'kept' },
  { rule: 'F2-AS-06', title: 'no client authentication', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, { message: (m) => void m.set('client_assertion', undefined).set('client_assertion_type', undefined) }), expect: invalidClient, code: 'kept' },
  {
    rule: 'F2-CA-05',
    title: 'an assertion used before',
    send: async (_, { prepared, code }, owner) => {
      await owner.push(await owner.prepare());
      return owner.redeem(prepared, code, parameter('client_assertion', owner.last!.message.parameter('client_assertion')));
    },
    expect: invalidClient,
    code: 'kept',
  },
  {
    rule: 'F2-DP-10',
    title: 'a proof used before',
    send: async (_, { prepared, code }, owner) => {
      await owner.clientCredentials('accounts');
      const used = owner.last!.message.header('dpop');
      return owner.redeem(prepared, code, { message: (m) => void m.setHeader('dpop', used) });
    },
    expect: noProof,
    code: 'kept',
  },
  { rule: 'F2-AS-04', by: 'F2-DP-19', title: 'no proof of a key', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, { dpop: null }), expect: noProof, code: 'kept' },
  { rule: 'F2-DP-17', title: 'another key than dpop_jkt named', pushed: ownKey, send: ({ other }, { prepared, code }, owner) => owner.redeem(prepared, code, { dpop: other.dpop! }), expect: invalidGrant, code: 'spent' },
  { rule: 'AT-04', title: 'an unknown resource', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, addedParameter('resource', 'https://elsewhere.example')), expect: refused('invalid_target'), code: 'kept' },
  { rule: 'F2-AS-04', by: 'F2-MT-05', of: 'bound', title: 'no certificate for tokens bound to one', send: (_, { prepared, code }, owner) => owner.redeem(prepared, code, { identity: null }), expect: { status: [400, 401], error: ['invalid_request', 'invalid_client'] }, code: 'kept' },
  { rule: 'F2-AS-04', by: 'F2-MT-05', of: 'bound', title: 'a DPoP proof instead of the certificate', send: ({ client }, { prepared, code }, owner) => owner.redeem(prepared, code, { identity: null, dpop: client.dpop! }), expect: { status: [400, 401], error: ['invalid_request', 'invalid_client'] }, code: 'kept' },
];
