import { MarketRefusal } from '../refusal.js';
import type { ReadWriteCodes } from './codes.js';
import { readMoment } from './moment.js';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member of a body: where it is, for error messages, and what stands there. */
export interface Member {
  readonly path: string;
  readonly value: unknown;
}

export const memberOf = (object: Member & { readonly value: JsonObject }, name: string): Member => ({ path: object.path === '' ? name : `${object.path}.${name}`, value: object.value[name] });

type Codes = Pick<ReadWriteCodes, 'missing' | 'invalid' | 'date' | 'unexpected' | 'schema'>;
const shapeRule = 'ASSENT-RW-01';

/** Throws `MarketRefusal` 400 with the member's path. */
export function wrong(code: string, { path }: Pick<Member, 'path'>, says: string, rule = shapeRule): MarketRefusal {
  return new MarketRefusal(400, code, `${path} ${says}`, rule, { path });
}

/** The body itself. */
export function wholeBody(body: JsonObject | undefined, codes: Codes): Member & { readonly value: JsonObject } {
  if (body === undefined) throw new MarketRefusal(400, codes.schema, 'the body must be one JSON object', shapeRule);
  return { path: '', value: body };
}

/** An object whose members are all among `known`, when that is given. */
export function objectAt(member: Member, codes: Codes, known?: readonly string[]): Member & { readonly value: JsonObject } {
  const { value, path } = member;
  if (value === undefined) throw wrong(codes.missing, member, 'is missing');
  if (!isObject(value)) throw wrong(codes.schema, member, 'must be an object');
  const stranger = known === undefined ? undefined : Object.keys(value).find((name) => !known.includes(name));
  if (stranger !== undefined) throw wrong(codes.unexpected, { path: path === '' ? stranger : `${path}.${stranger}` }, 'is not known here');
  return { path, value };
}

/** Text of one line, of 1 to `max` characters. */
export function textAt(member: Member, codes: Codes, max: number): string {
  const { value } = member;
  if (value === undefined) throw wrong(codes.missing, member, 'is missing');
  // \p{C}: control, format and unassigned characters, by which a page could be made to say something else.
  if (typeof value !== 'string' || value.trim() === '' || value.length > max || /\p{C}/u.test(value)) throw wrong(codes.invalid, member, `must be text of 1 to ${max} characters`);
  return value;
}

export function optionalText(member: Member, codes: Codes, max: number): string | undefined {
  return member.value === undefined ? undefined : textAt(member, codes, max);
}

export function optionalMoment(member: Member, codes: Codes): Date | undefined {
  if (member.value === undefined) return undefined;
  const moment = readMoment(member.value);
  if (!moment) throw wrong(codes.date, member, 'must be a date and time of ISO 8601', 'ASSENT-RW-03');
  return moment;
}

/** Texts, each once; at least one. */
export function textsAt(member: Member, codes: Codes): readonly string[] {
  const { value } = member;
  if (value === undefined) throw wrong(codes.missing, member, 'is missing');
  if (!Array.isArray(value) || value.length > 100 || !value.every((one) => typeof one === 'string')) throw wrong(codes.schema, member, 'must be a list of texts');
  if (value.length === 0) throw wrong(codes.invalid, member, 'must not be empty');
  return [...new Set(value as string[])];
}
