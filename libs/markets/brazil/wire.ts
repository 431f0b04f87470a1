import { MarketRefusal } from '../src/refusal.js';
import type { MarketAnswer, MarketRequest } from '../src/route.js';

/** `2026-11-25T12:00:00Z`: UTC, whole seconds. */
export const instant = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

/** Every answer's frame: what is told, where it stands, when it was asked for. */
export function answerOf({ url, now }: Pick<MarketRequest, 'url' | 'now'>, data: unknown, more: { readonly status?: number; readonly self?: string; readonly links?: Readonly<Record<string, string>>; readonly meta?: Readonly<Record<string, unknown>> } = {}): MarketAnswer {
  return { status: more.status ?? 200, body: { data, links: { self: more.self ?? url, ...more.links }, meta: { ...more.meta, requestDateTime: instant(now) } } };
}

/** Reads members of a body; what is missing or wrong is refused by name, with the codes of the API they belong to. */
export class Fields {
  constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    private readonly status: number,
    private readonly path = '',
  ) {}

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  object(name: string): Fields {
    const value = this.present(name);
    if (typeof value !== 'object' || Array.isArray(value)) throw this.wrong(name, 'an object');
    return new Fields(value as Readonly<Record<string, unknown>>, this.status, this.at(name));
  }

  optional(name: string): Fields | undefined {
    return this.has(name) ? this.object(name) : undefined;
  }

  text(name: string, pattern: RegExp, expected: string): string {
    const value = this.present(name);
    if (typeof value !== 'string' || !pattern.test(value)) throw this.wrong(name, expected);
    return value;
  }

  optionalText(name: string, pattern: RegExp, expected: string): string | undefined {
    return this.has(name) ? this.text(name, pattern, expected) : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.present(name);
    if (!Array.isArray(value) || value.length === 0 || !value.every((one) => typeof one === 'string')) throw this.wrong(name, 'a list of one or more texts');
    return value as readonly string[];
  }

  list(name: string): readonly Fields[] {
    const value = this.present(name);
    if (!Array.isArray(value) || value.length === 0) throw this.wrong(name, 'a list of one or more objects');
    return value.map((one, index) => {
      if (typeof one !== 'object' || one === null || Array.isArray(one)) throw this.wrong(name, 'a list of objects');
      return new Fields(one as Readonly<Record<string, unknown>>, this.status, `${this.at(name)}[${index}]`);
    });
  }

  wrong(name: string, expected: string): MarketRefusal {
    return new MarketRefusal(this.status, 'PARAMETRO_INVALIDO', `${this.at(name)} must be ${expected}`, 'ASSENT-BR-11', { path: this.at(name) });
  }

  private present(name: string): unknown {
    const value = this.values[name];
    if (value === undefined || value === null) throw new MarketRefusal(this.status, 'PARAMETRO_NAO_INFORMADO', `${this.at(name)} is required`, 'ASSENT-BR-10', { path: this.at(name) });
    return value;
  }

  private at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
}

const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** A date and time as the market writes it, or `undefined`. */
export function parseInstant(text: string): Date | undefined {
  const date = new Date(text);
  return moment.test(text) && !Number.isNaN(date.getTime()) && instant(date) === text ? date : undefined;
}

/** `2026-11-25`, a day of the calendar. */
export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) && new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);

const someDigits = /^[\s\S]{1,}$/;

/** `{ document: { identification, rel } }` of a person (`CPF`) or a company (`CNPJ`): the number. */
export function documentOf(fields: Fields, rel: 'CPF' | 'CNPJ'): string {
  const document = fields.object('document');
  document.text('rel', new RegExp(`^${rel}$`), rel);
  const number = document.text('identification', someDigits, `a ${rel} number`);
  if (!(rel === 'CPF' ? isCpf : isCnpj)(number)) throw document.wrong('identification', `a ${rel} number with correct check digits`);
  return number;
}

/** Eleven digits, of which the last two check the others. */
export const isCpf = (text: string): boolean => /^\d{11}$/.test(text) && !/^(\d)\1+$/.test(text) && [9, 10].every((length) => checkDigit(text.slice(0, length), length + 1) === text[length]);

/** Fourteen digits (or letters, before the check digits). */
export const isCnpj = (text: string): boolean => /^[0-9A-Z]{12}\d{2}$/.test(text) && !/^(\d)\1+$/.test(text) && [12, 13].every((length) => cnpjDigit(text.slice(0, length)) === text[length]);

function checkDigit(digits: string, first: number): string {
  const sum = [...digits].reduce((total, digit, index) => total + Number(digit) * (first - index), 0);
  return String(((sum * 10) % 11) % 10);
}

function cnpjDigit(characters: string): string {
  const sum = [...characters].reverse().reduce((total, character, index) => total + (character.charCodeAt(0) - 48) * (2 + (index % 8)), 0);
  const rest = sum % 11;
  return String(rest < 2 ? 0 : 11 - rest);
}
