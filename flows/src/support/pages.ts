import { headingOf, type Answer } from '@assent/testing/fapi';

/* Pages by what they say first. */
export const signIn = /Sign in/;
export const consent = /wants|share|allow/i;
export const unknown = /We don’t know this request/;

/** A page of ours, not a redirect, with the headers every page has (RFC 9700 section 4.16). */
export function expectPage(answer: Answer, status: number, heading: RegExp): void {
  expect([answer.status, answer.headers.get('location')]).toEqual([status, null]);
  expect(headingOf(answer)).toMatch(heading);
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(answer.headers.get('x-frame-options')).toBe('DENY');
  expect(answer.headers.get('cache-control')).toBe('no-store');
}
