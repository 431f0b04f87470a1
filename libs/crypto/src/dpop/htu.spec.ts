import { normaliseHtu } from './htu.js';

describe('normaliseHtu', () => {
  it.each([
    ['https://bank.example/token', 'https://bank.example/token'],
    ['https://bank.example', 'https://bank.example/'],
    ['https://bank.example?x=/../y', 'https://bank.example/'],
    ['https://bank.example#f', 'https://bank.example/'],
    ['HTTPS://Bank.Example:443/Token', 'https://bank.example/Token'],
    ['https://bank.example:/token', 'https://bank.example/token'],
    ['http://bank.example:80/', 'http://bank.example/'],
    ['https://bank.example:80/', 'https://bank.example:80/'],
    ['https://bank.example:9443/a', 'https://bank.example:9443/a'],
    ['https://bank.example/a/./b/../c', 'https://bank.example/a/c'],
    ['https://bank.example/a/%2e%2E/c', 'https://bank.example/c'],
    ['https://bank.example/../../c', 'https://bank.example/c'],
    ['https://bank.example/%7eana/%c3%a9', 'https://bank.example/~ana/%C3%A9'],
    ['https://bank.example/a%2fb', 'https://bank.example/a%2Fb'],
    ['https://bank.example/a%252Fb', 'https://bank.example/a%252Fb'],
    ['https://bank.example//a', 'https://bank.example//a'],
    ['https://[::1]:9443/a', 'https://[::1]:9443/a'],
    ['https://[0:0:0:0:0:0:0:1]/a', 'https://[::1]/a'],
    ["https://bank.example/a;b=c,d!$&'()*+:@e", "https://bank.example/a;b=c,d!$&'()*+:@e"],
  ])('%s', (url, normal) => {
    expect(normaliseHtu(url)).toBe(normal);
    expect(normaliseHtu(normal)).toBe(normal);
  });

  it.each([
    '', '/token', 'bank.example/token', '//bank.example/token', 'ftp://bank.example/', 'https:bank.example', 'https:/bank.example', 'https:///token', 'https://',
    'https://a@bank.example/', 'https://bank.example\\@evil.example/', 'https://bank.example/a b', 'https://bank.example/é', 'https://bánk.example/', 'https://bank.example/%', 'https://bank.example/%g0',
    'https://bank.example:99999/', 'https://[::1/', 'https://bank.example/\n', ' https://bank.example/', 'https://bank.example/<', `https://bank.example/${'a'.repeat(2048)}`, 'https://bank.%00example/',
  ])('has none for %j', (url) => {
    expect(normaliseHtu(url)).toBeUndefined();
  });
});
