import { readFileSync } from 'node:fs';
import { OAuthError } from '@assent/protocol';
import { DetailTypes } from './detail-types.js';
import { shippedTypes } from './load.js';

/* Every example of RFC 9396, whole: what the shipped types take, and why they refuse the rest. */

interface Example {
  readonly section: string;
  readonly figure: string;
  readonly value: unknown;
}
const published = JSON.parse(readFileSync(new URL('./vectors/rfc9396.json', import.meta.url), 'utf8')) as { readonly examples: readonly Example[]; readonly urlEncoded: { readonly value: string } };

const types = DetailTypes.of(shippedTypes);
const rules = { issuerTypes: types.names, clientTypes: types.names, now: new Date('2026-11-25T12:00:00Z') };

const outcomeOf = (value: unknown, read: (value: unknown) => unknown): string => {
  try {
    read(value);
    return 'taken';
  } catch (error) {
    if (error instanceof OAuthError) return error.description;
    throw error;
  }
};

const known = 'must be one this server knows (authorization_details_types_supported)';
const expected: Readonly<Record<string, string>> = {
  'Example of an Authorization Request for a Credit Transfer': 'authorization_details[0].creditorAccount has the member bic, which is not known there',
  'Example of "authorization_details" for a Credit Transfer': 'taken',
  'Example of "authorization_details" for a Combined Request': 'taken',
  'Example of "authorization_details" with a URL as Type Identifier': `authorization_details[0].type ${known}`,
  'Example of "authorization_details" with Common Data Fields': `authorization_details[0].type ${known}`,
  'Example of "authorization_details" with Common Data Fields in Multiple Objects': `authorization_details[0].type ${known}`,
  'Example of "authorization_details" Using Common and Extension Data Fields': `authorization_details[0].type ${known}`,
  'URL Decoded "authorization_details"': 'taken',
  'Example of "authorization_details" Reduced Privileges': 'taken',
  'Example of "authorization_details" Requesting "write" Access to an API': `authorization_details[0].type ${known}`,
  'Example of "authorization_details" Requesting "read" Access to an API': `authorization_details[0].type ${known}`,
  'Example of "authorization_details" with "admin" Access to an API': `authorization_details[0].type ${known}`,
  // In a token request, which leaves out what was granted, it is taken: see below.
  'Example of "authorization_details" Requesting an Audience-Restricted Access Token': 'authorization_details[0].instructedAmount is required',
  'Example of Requested "authorization_details"': `authorization_details[0].type ${known}`,
};

/** Some figures show one object, or the parameter with its name. */
const listOf = ({ value }: Example): unknown => {
  if (Array.isArray(value)) return value;
  const { authorization_details: inside } = value as { readonly authorization_details?: unknown };
  return inside ?? [value];
};
const example = (figure: string): unknown => listOf(published.examples.find((one) => one.figure === figure)!);

describe('RFC 9396', () => {
  it.each(published.examples.map((one) => [one.section, one.figure, one] as const))('section %s: %s', (_, figure, one) => {
    expect(outcomeOf(listOf(one), (value) => types.parse(value, rules))).toBe(expected[figure]);
  });

  it('section 3: as it travels in a form', () => {
    const decoded: unknown = JSON.parse(new URLSearchParams(`authorization_details=${published.urlEncoded.value}`).get('authorization_details') ?? '');
    expect(decoded).toEqual(example('URL Decoded "authorization_details"'));
    expect(types.parse(decoded, rules)).toHaveLength(2);
  });

  it('section 6.1: a token request narrows what section 3 asked for', () => {
    const granted = types.parse(example('URL Decoded "authorization_details"'), rules);
    const narrow = (figure: string) => types.narrow(types.parseNarrowing(example(figure)), granted);
    expect(narrow('Example of "authorization_details" Reduced Privileges')).toEqual({ details: [{ ...granted[0], actions: ['list_accounts'] }] });
    expect(narrow('Example of "authorization_details" Requesting an Audience-Restricted Access Token')).toEqual({ details: [granted[1]] });
  });
});
