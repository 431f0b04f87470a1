import { isIP } from 'node:net';
import { MarketRefusal } from '../refusal.js';
import type { HeaderRules } from '../route.js';
import type { ReadWriteCodes } from './codes.js';

const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/**
 * `x-fapi-interaction-id` is played back, or made; a customer's last sign-in and address, where they are told, must be
 * what they say (UK Open Banking v4, Read-Write API Profile, Request Headers; FAPI 1.0 Baseline 6.2.1).
 */
export const headerRules = ({ headerInvalid }: Pick<ReadWriteCodes, 'headerInvalid'>): HeaderRules => ({
  interactionId: { whenAbsent: 'generate', whenMalformed: 'refuse' },
  read: ({ header }) => {
    const [date, address] = [header('x-fapi-auth-date'), header('x-fapi-customer-ip-address')];
    if (date !== undefined && !(httpDate.test(date) && !Number.isNaN(Date.parse(date)))) throw malformed(headerInvalid, 'x-fapi-auth-date', 'a date such as Tue, 11 Sep 2012 19:43:31 GMT');
    if (address !== undefined && isIP(address) === 0) throw malformed(headerInvalid, 'x-fapi-customer-ip-address', 'one IP address');
    return {};
  },
});

const malformed = (code: string, name: string, expected: string): MarketRefusal => new MarketRefusal(400, code, `the header ${name} must be ${expected}`, 'ASSENT-RW-08', { path: name });
