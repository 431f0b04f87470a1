import { among, atLeast, atMost } from '../bounds.js';
import type { AccountInformation } from './schema.js';

/** Not more data, not other accounts, not further back, not longer (RFC 9396 section 6.1). */
export const isWithin = (asked: AccountInformation, granted: AccountInformation): boolean =>
  among(asked.actions, granted.actions) &&
  among(asked.accounts, granted.accounts) &&
  atLeast(asked.transactionsFrom, granted.transactionsFrom) &&
  atMost(asked.transactionsTo, granted.transactionsTo) &&
  atMost(instant(asked.expiresAt), instant(granted.expiresAt)) &&
  among(asked.locations, granted.locations);

const instant = (text: string | undefined): number | undefined => (text === undefined ? undefined : Date.parse(text));
