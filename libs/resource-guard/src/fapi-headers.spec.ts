import { customerHeaders } from './fapi-headers.js';

describe('what a client says of its customer (FAPI 1.0 Baseline 6.2.2)', () => {
  it('may be nothing', () => expect(customerHeaders(['accept', '*/*'])).toEqual({}));

  it.each(['192.0.2.7', '2001:db8::7', '::ffff:192.0.2.7', '::1'])('F1-RS-07: takes %s', (ipAddress) => {
    expect(customerHeaders(['X-FAPI-Customer-IP-Address', ipAddress])).toEqual({ ipAddress });
  });

  it('F1-RS-08: takes the date of the specification', () => {
    expect(customerHeaders(['x-fapi-auth-date', 'Tue, 11 Sep 2012 19:43:31 GMT'])).toEqual({ authDate: new Date('2012-09-11T19:43:31Z') });
  });

  it.each([
    ['F1-RS-07', ['x-fapi-customer-ip-address', 'localhost']],
    ['F1-RS-07', ['x-fapi-customer-ip-address', '192.0.2.300']],
    ['F1-RS-07', ['x-fapi-customer-ip-address', '192.0.2.7, 192.0.2.8']],
    ['F1-RS-07', ['x-fapi-customer-ip-address', '']],
    ['F1-RS-07', ['x-fapi-customer-ip-address', '192.0.2.7', 'x-fapi-customer-ip-address', '192.0.2.8']],
    ['F1-RS-08', ['x-fapi-auth-date', '2012-09-11T19:43:31Z']],
    ['F1-RS-08', ['x-fapi-auth-date', 'Tue, 41 Sep 2012 19:43:31 GMT']],
    ['F1-RS-08', ['x-fapi-auth-date', 'yesterday']],
  ])('%s: refuses %j', (rule, headers) => {
    expect(() => customerHeaders(headers)).toThrow(expect.objectContaining({ code: 'invalid_request', status: 400, rule }));
  });
});
