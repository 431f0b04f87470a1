import { inspect } from 'node:util';
import { invalidGrant, serverError } from './oauth-error.js';
import { Secret } from './secret.js';

describe('OAuthError', () => {
  it('shows code and description, and keeps rule and cause inside', () => {
    const error = invalidGrant('the code was already used', 'F2-AZ-10', new Error('row 7'));
    expect(error.body()).toEqual({ error: 'invalid_grant', error_description: 'the code was already used' });
    expect(JSON.stringify(error.body())).not.toContain('row 7');
    expect(error.rule).toBe('F2-AZ-10');
  });

  it('keeps the description within the characters of RFC 6749 section 5.2', () => {
    expect(invalidGrant('a "quoted"\r\n\tb\\c é', 'X').description).toBe("a 'quoted'???b'c ?");
  });

  it('keeps everything but what changes', () => {
    const shown = invalidGrant('no', 'X').withHeaders({ 'DPoP-Nonce': 'n' }).shownOn('page');
    expect(shown).toMatchObject({ code: 'invalid_grant', exposure: 'page', rule: 'X', headers: { 'DPoP-Nonce': 'n' } });
  });

  it('tells nothing of a bug', () => {
    expect(serverError(new Error('password=hunter2')).body()).toEqual({ error: 'server_error', error_description: 'internal error' });
  });
});

describe('Secret', () => {
  it('redacts itself wherever it is printed', () => {
    const secret = new Secret('hunter2');
    const printed = [String(secret), `${secret}`, JSON.stringify({ secret }), inspect(secret), inspect({ deep: { secret } })];
    for (const text of printed) expect(text).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });
});
