import { RevokedTokens, type RevocableToken, type Revocation } from './index.js';

const now = new Date('2026-11-25T10:00:00Z');
const later = new Date('2026-11-25T11:00:00Z');
const of = (...revocations: readonly Revocation[]): RevokedTokens => {
  const revoked = new RevokedTokens();
  for (const one of revocations) revoked.add(one);
  return revoked;
};

describe('RevokedTokens', () => {
  it.each<[string, Revocation, RevocableToken, boolean]>([
    ['a token', { subject: 'token', id: 'f.1', until: later }, { jti: 'f.1' }, true],
    ['its sibling', { subject: 'token', id: 'f.1', until: later }, { jti: 'f.2' }, false],
    ['a family', { subject: 'family', id: 'f', until: later }, { jti: 'f.2' }, true],
    ['a token without family', { subject: 'family', id: 'f', until: later }, { jti: 'f' }, false],
    ['a grant', { subject: 'grant', id: 'g', until: later }, { jti: 'f.1', grantId: 'g' }, true],
    ['a grant named like a family', { subject: 'grant', id: 'f', until: later }, { jti: 'f.1', grantId: 'g' }, false],
    ['an older version', { subject: 'version', id: 'g', below: 3, until: later }, { jti: 'f.1', grantId: 'g', grantVersion: 2 }, true],
    ['the version itself', { subject: 'version', id: 'g', below: 3, until: later }, { jti: 'f.1', grantId: 'g', grantVersion: 3 }, false],
    ['a token that names no version', { subject: 'version', id: 'g', below: 3, until: later }, { jti: 'f.1', grantId: 'g' }, true],
    ['a version of another grant', { subject: 'version', id: 'g', below: 3, until: later }, { jti: 'f.1', grantId: 'h', grantVersion: 1 }, false],
  ])('%s', (_, revocation, token, dead) => {
    expect(of(revocation).isRevoked(token)).toBe(dead);
  });

  it('never lowers a floor nor shortens a life', () => {
    const revoked = of(
      { subject: 'version', id: 'g', below: 3, until: later }, { subject: 'version', id: 'g', below: 2, until: now },
      { subject: 'grant', id: 'h', until: later }, { subject: 'grant', id: 'h', until: now },
    ); // prettier-ignore
    revoked.forget(now);
    expect([revoked.isRevoked({ jti: 'f.1', grantId: 'g', grantVersion: 2 }), revoked.isRevoked({ jti: 'f.1', grantId: 'h' }), revoked.size]).toEqual([true, true, 2]);
  });

  it('forgets what has expired, and only that', () => {
    const revoked = of({ subject: 'token', id: 'f.1', until: now }, { subject: 'version', id: 'g', below: 2, until: now }, { subject: 'family', id: 'k', until: later });
    revoked.forget(now);
    expect([revoked.size, revoked.isRevoked({ jti: 'f.1' }), revoked.isRevoked({ jti: 'k.1' })]).toEqual([1, false, true]);
  });

  it('refuses another when full, keeps what it has, and takes news of what it knows', () => {
    const revoked = new RevokedTokens(2);
    expect(['a', 'b', 'c'].map((id) => revoked.add({ subject: 'family', id, until: now }))).toEqual([true, true, false]);
    expect(revoked.add({ subject: 'family', id: 'a', until: later })).toBe(true);
    revoked.forget(now);
    expect([revoked.size, revoked.add({ subject: 'family', id: 'c', until: later })]).toEqual([1, true]);
  });
});
