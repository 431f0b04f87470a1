import { invalidSoftwareStatement, type OAuthError } from '@assent/protocol';
import type { RoleGrant } from './participants.js';

type Claims = Readonly<Record<string, unknown>>;

const refuse = (what: string): OAuthError => invalidSoftwareStatement(`software_statement: ${what}`, 'DCR-04');

/** A claim that must be a text. Throws `invalid_software_statement`. */
export function textIn(claims: Claims, name: string): string {
  const value = optionalText(claims, name);
  if (value === undefined) throw refuse(`${name} is required`);
  return value;
}

/** A claim that is a text if it is there; empty counts as absent. */
export function optionalText(claims: Claims, name: string): string | undefined {
  const value = claims[name] ?? '';
  if (typeof value !== 'string' || value.length > 2048) throw refuse(`${name} must be a string`);
  return value === '' ? undefined : value;
}

/** A claim that must be a list of texts; absent reads as empty. */
export function textsIn(claims: Claims, name: string): readonly string[] {
  const value = claims[name] ?? [];
  if (!Array.isArray(value) || value.length > 200 || !value.every((item): item is string => typeof item === 'string' && item !== '' && item.length <= 2048)) throw refuse(`${name} must be a list of strings`);
  return value;
}

/** `{ name: value }` where the claim is there: to be spread. */
export function present<N extends string>(name: N, value: string | undefined): { readonly [K in N]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: string };
}

/** Roles as `[{ role, status }]`; a status that is not `Active` is none. */
export function roleGrantsIn(claims: Claims, name: string): readonly RoleGrant[] {
  const value = claims[name] ?? [];
  if (!Array.isArray(value)) throw refuse(`${name} must be a list`);
  return value.map((item: unknown) => {
    const { role, status } = (item ?? {}) as Claims;
    if (typeof role !== 'string') throw refuse(`${name} must name a role each`);
    return { role, status: status === 'Active' ? 'Active' : 'Inactive' };
  });
}

/** The roles a software uses and its organisation holds. */
export function activeRoles(software: { readonly roles: readonly string[] }, organisation: { readonly roles: readonly RoleGrant[] }): readonly string[] {
  return software.roles.filter((role) => organisation.roles.some((held) => held.role === role && held.status === 'Active'));
}

/** Whole seconds, as JWTs write times. */
export const secondsOf = (moment: Date): number => Math.floor(moment.getTime() / 1000);
