import { cut, decodeJwt, redactBody, redactPair, redactUrl } from './redact.js';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = `${part({ alg: 'ES256' })}.${part({ sub: 's' })}.${'c2ln'.repeat(20)}`;
const long = (letter: string): string => letter.repeat(43);

describe('redaction', () => {
  it('keeps 8 characters of a credential and its length', () => {
    expect(cut('abcdefghijklmnop')).toBe('abcdefgh… (16 characters)');
    expect(cut('short')).toBe('…');
  });

  it.each([
    [['access_token', long('x')], 'xxxxxxxx… (43 characters)'],
    [['Authorization', `DPoP ${long('y')}`], 'DPoP yyyyyyyy… (43 characters)'],
    [['DPoP', jwt], /^ey.{6}… /],
    [['state', long('s')], 'ssssssss… (43 characters)'],
    [['request_uri', `urn:ietf:params:oauth:request_uri:${long('z')}`], 'urn:ietf:params:oauth:request_uri:zzzzzzzz… (43 characters)'],
    [['location', `https://tpp.example/cb?code=${long('c')}&iss=https://bank.example`], 'https://tpp.example/cb?code=cccccccc… (43 characters)&iss=https://bank.example'],
    [['Location', `/callback?code=${long('c')}#${long('f')}`], '/callback?code=cccccccc… (43 characters)'],
    [['something_new', jwt], /^ey.{6}… /],
    [['scope', 'openid accounts'], 'openid accounts'],
    [['iss', 'https://bank.example.org'], 'https://bank.example.org'],
  ] as const)('shows %j', (pair, shown) => expect(redactPair(pair)[1]).toMatch(shown instanceof RegExp ? shown : new RegExp(`^${shown.replace(/[.?()]/g, '\\$&')}$`)));

  it('cuts the code in a callback address and keeps iss', () => {
    const url = redactUrl(`https://localhost:9447/callback?code=${long('c')}&iss=https://localhost:9443/fapi2`);
    expect(url).not.toContain('c'.repeat(9));
    expect(url).toContain('iss=https://localhost:9443/fapi2');
  });

  it('cuts tokens in a JSON body, at any depth and under any name', () => {
    const body = redactBody(JSON.stringify({ access_token: 'a'.repeat(100), expires_in: 300, nested: [{ refresh_token: long('r') }, jwt], odd: jwt }));
    expect(body).not.toMatch(/a{9}|r{9}/);
    expect(body).not.toContain('c2lnc2ln');
    expect(body).toContain('"expires_in": 300');
  });

  it('cuts a body that is a JWT', () => expect(redactBody(jwt)).not.toContain('c2lnc2ln'));

  it('shows a page as its words: hidden fields stay hidden', () => {
    expect(redactBody(`<!doctype html><h1>We don&#39;t know</h1><input type="hidden" name="csrf" value="${long('k')}"><p>Reference</p>`)).toBe('We don\'t know\nReference');
  });

  it('shortens what is long', () => expect(redactBody(JSON.stringify({ text: 't '.repeat(9000) })).length).toBe(6001));

  it('decodes a JWT without its signature', () => {
    expect(decodeJwt('id_token', jwt)).toEqual({ where: 'id_token', header: { alg: 'ES256' }, claims: { sub: 's' } });
    expect(decodeJwt('x', 'not.a-jwt')).toBeUndefined();
    expect(decodeJwt('x', 'localhost.example.org')).toBeUndefined();
  });
});
