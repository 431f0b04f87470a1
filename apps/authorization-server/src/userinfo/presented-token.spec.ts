import { insufficientScope, invalidDpopProof, invalidToken } from '@assent/protocol';
import type { IssuerRuntime } from '../engine.js';
import { challenged, presentedToken } from './presented-token.js';

const issuer = { policy: { algs: ['PS256', 'ES256'] } } as unknown as IssuerRuntime;

describe('presentedToken', () => {
  it.each([
    { authorization: ['DPoP abc.def'], token: { scheme: 'DPoP', token: 'abc.def' } },
    { authorization: ['dpop abc'], token: { scheme: 'DPoP', token: 'abc' } },
    { authorization: ['BEARER abc='], token: { scheme: 'Bearer', token: 'abc=' } },
  ])('reads $authorization', ({ authorization, token }) => {
    expect(presentedToken({ authorization })).toEqual(token);
  });

  it.each([
    { authorization: [], code: 'invalid_token' },
    { authorization: ['Basic abc'], code: 'invalid_token' },
    { authorization: ['Bearer a b'], code: 'invalid_token' },
    { authorization: ['Bearer a', 'DPoP a'], code: 'invalid_request' },
  ])('refuses $authorization', ({ authorization, code }) => {
    expect(() => presentedToken({ authorization })).toThrow(expect.objectContaining({ code }));
  });
});

describe('challenged', () => {
  const header = (error: Parameters<typeof challenged>[0], authorization: string[]) => challenged(error, { issuer, authorization });

  it('offers both schemes, without an error, to a request without a token', () => {
    const refusal = header(invalidToken('none', 'F2-RS-01'), []);
    expect(refusal.headers['www-authenticate']).toBe('DPoP algs="PS256 ES256", Bearer');
  });

  it('answers under the scheme that was used', () => {
    expect(header(invalidToken('dead', 'F2-RS-03'), ['Bearer x']).headers['www-authenticate']).toBe('Bearer error="invalid_token", error_description="dead"');
    const proof = header(invalidDpopProof('bad', 'F2-DP-08'), ['DPoP x']);
    expect(proof.status).toBe(401);
    expect(proof.headers['www-authenticate']).toBe('DPoP error="invalid_dpop_proof", error_description="bad", algs="PS256 ES256"');
  });

  it('names the missing scope', () => {
    const refusal = header(insufficientScope('no openid', 'OIDC-08'), ['DPoP x']);
    expect(refusal.status).toBe(403);
    expect(refusal.headers['www-authenticate']).toContain('scope="openid"');
  });
});
