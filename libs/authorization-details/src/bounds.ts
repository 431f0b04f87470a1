import { same } from './canonical.js';

/*
 * The comparisons types are made of (RFC 9396 section 6.1). In all of them a granted value that is absent bounds
 * nothing, and an asked value that is absent is bound by nothing: so it is within only where there is no bound.
 */

/** Every value asked for is among those granted. */
export const among = (asked: readonly string[] | undefined, granted: readonly string[] | undefined): boolean =>
  granted === undefined || (asked !== undefined && asked.every((one) => granted.includes(one)));

export const atMost = <T extends bigint | number | string>(asked: T | undefined, granted: T | undefined): boolean =>
  granted === undefined || (asked !== undefined && asked <= granted);

export const atLeast = <T extends bigint | number | string>(asked: T | undefined, granted: T | undefined): boolean =>
  granted === undefined || (asked !== undefined && asked >= granted);

/** The same value, whatever the order of its members. */
export const asGranted = (asked: unknown, granted: unknown): boolean => granted === undefined || same(asked, granted);
