import { refusalOf, vectors } from '../spec-support/fixtures.js';
import { newCodeVerifier, s256 } from './issue.js';
import { isCodeVerifier, isS256Challenge, verifyPkce } from './verify.js';

const { pkce } = vectors<{ pkce: { code_verifier: string; code_challenge: string } }>('thumbprint-pkce');

describe('PKCE', () => {
  it('computes the challenge of RFC 7636 appendix B', () => {
    expect(s256(pkce.code_verifier)).toBe(pkce.code_challenge);
  });

  it('makes verifiers that fit their challenges', () => {
    const verifier = newCodeVerifier();
    expect(isCodeVerifier(verifier)).toBe(true);
    expect(isS256Challenge(s256(verifier))).toBe(true);
    expect(verifyPkce(s256(verifier), verifier)).toBeUndefined();
  });

  it.each([
    ['a'.repeat(43), true],
    ['A0-._~'.repeat(10), true],
    ['a'.repeat(128), true],
    ['a'.repeat(42), false],
    ['a'.repeat(129), false],
    [`${'a'.repeat(43)}\n`, false],
    [`${'a'.repeat(43)}+`, false],
    [`${'a'.repeat(43)}é`, false],
    ['', false],
  ])('isCodeVerifier(%j) is %s', (text, expected) => {
    expect(isCodeVerifier(text)).toBe(expected);
  });

  it.each([
    [pkce.code_challenge, true],
    [`${pkce.code_challenge.slice(0, -1)}N`, false],
    [pkce.code_challenge.slice(1), false],
    [`${pkce.code_challenge}=`, false],
    [`${pkce.code_challenge.slice(0, -1)}+`, false],
    ['', false],
  ])('isS256Challenge(%j) is %s', (text, expected) => {
    expect(isS256Challenge(text)).toBe(expected);
  });

  it.each([
    ['no verifier', undefined],
    ['another verifier', 'a'.repeat(43)],
    ['the challenge itself, as the plain method would', pkce.code_challenge],
    ['a malformed verifier', 'short'],
  ])('F2-AZ-06: refuses %s with invalid_grant', async (_, verifier) => {
    expect(await refusalOf(() => verifyPkce(pkce.code_challenge, verifier))).toMatchObject({ code: 'invalid_grant', status: 400, rule: 'F2-AZ-06' });
  });
});
