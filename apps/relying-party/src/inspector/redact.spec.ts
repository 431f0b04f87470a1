import { cut, decodeJwt, redactBody, redactPair, redactUrl } from './redact.js';

describe('redaction', () => {
  it('keeps 8 characters of a credential and its length', () => {
    expect(cut('abcdefghijklmnop')).toBe('abcdefgh… (16 characters)');
    expect(cut('short')).toBe('…');
  });

  it.each([
    [['access_token', 'x'.repeat(40)], 'xxxxxxxx… (40 characters)'],
    [['Authorization', `DPoP ${'y'.repeat(40)}`], 'DPoP yyyyyyyy… (40 characters)'],
    [['request_uri', `urn:ietf:params:oauth:request_uri:${'z'.repeat(43)}`], 'urn:ietf:params:oauth:request_uri:zzzzzzzz… (43 characters)'],
    [['scope', 'openid accounts'], 'openid accounts'],
  ] as const)('cuts %j', (pair, shown) => expect(redactPair(pair)[1]).toBe(shown));

  it('cuts the code in a callback address and keeps iss', () => {
    const url = redactUrl(`https://localhost:9447/callback?code=${'c'.repeat(43)}&iss=https://localhost:9443/fapi2`);
    expect(url).not.toContain('c'.repeat(9));
    expect(url).toContain('iss=https://localhost:9443/fapi2');
  });

  it('cuts tokens in a JSON body, and leaves text that is no JSON', () => {
    const body = redactBody(JSON.stringify({ access_token: 'a'.repeat(100), expires_in: 300 }));
    expect(body).not.toContain('a'.repeat(9));
    expect(body).toContain('"expires_in": 300');
    expect(redactBody('<html>')).toBe('<html>');
  });

  it('decodes a JWT without its signature', () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const jwt = `${part({ alg: 'ES256' })}.${part({ sub: 's' })}.c2ln`;
    expect(decodeJwt('id_token', jwt)).toEqual({ where: 'id_token', header: { alg: 'ES256' }, claims: { sub: 's' } });
    expect(decodeJwt('x', 'not.a-jwt')).toBeUndefined();
    expect(decodeJwt('x', 'localhost.example.org')).toBeUndefined();
  });
});
