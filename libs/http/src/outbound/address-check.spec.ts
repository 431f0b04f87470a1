import { createAddressCheck } from './address-check.js';

const outbound = { timeoutMs: 50, maxBytes: 1000, allowPrivateAddresses: ['10.1.0.0/16'] };
const at = (...addresses: string[]) => async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('an address somebody registers', () => {
  it.each<[string, string]>([
    ['https://127.0.0.1/x', 'internal'],
    ['https://[::1]:8443/x', 'internal'],
    ['https://2130706433/', 'internal'],
    ['https://10.2.0.1/', 'internal'],
    ['https://10.1.0.1/', 'outside'],
    ['https://8.8.8.8/', 'outside'],
    ['nonsense', 'unknown'],
  ])('%s is %s', async (url, expected) => {
    expect(await createAddressCheck(outbound, at('127.0.0.1'))(url)).toBe(expected);
  });

  it('is what its name leads to', async () => {
    const check = (...addresses: string[]) => createAddressCheck(outbound, at(...addresses))('https://name.example/');
    expect(await check('192.168.0.1', 'fd00::1')).toBe('internal');
    expect(await check('192.168.0.1', '8.8.8.8')).toBe('outside');
    expect(await check()).toBe('unknown');
  });

  it('is unknown when its name cannot be looked up, or not in time', async () => {
    expect(await createAddressCheck(outbound, () => Promise.reject(new Error('ENOTFOUND')))('https://name.example/')).toBe('unknown');
    expect(await createAddressCheck(outbound, () => new Promise(() => undefined))('https://name.example/')).toBe('unknown');
  });
});
