import type { JsonObject } from './strict-json.js';

/** Longest one-time identifier accepted; it is stored hashed, the bound is for parsing and logs. */
export const maxJtiLength = 256;

/** A claim that is a non-empty string; `undefined` for anything else. */
export function text(claims: JsonObject, name: string): string | undefined {
  const value = claims[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Seconds a `Date` can hold. */
const latest = 8.64e12;

/** A NumericDate (RFC 7519 section 2): a number, fractions allowed, that a date can hold. `undefined` for anything else. */
export function numericDate(claims: JsonObject, name: string): number | undefined {
  const value = claims[name];
  return typeof value === 'number' && Math.abs(value) <= latest ? value : undefined;
}

/** A one-time identifier: a string of 1 to `maxJtiLength` characters. `undefined` for anything else. */
export function oneTimeId(claims: JsonObject): string | undefined {
  const jti = text(claims, 'jti');
  return jti !== undefined && jti.length <= maxJtiLength ? jti : undefined;
}

/**
 * Whether a time claim that may be absent is a number when present. Present and not a number is a malformed message,
 * never an absent claim.
 */
export const isAbsentOrDate = (claims: JsonObject, name: string): boolean => claims[name] === undefined || numericDate(claims, name) !== undefined;

/** The present in seconds with fractions, to compare with NumericDates without rounding. */
export const secondsOf = (now: Date): number => now.getTime() / 1000;
