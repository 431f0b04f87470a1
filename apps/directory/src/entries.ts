import type { MarketRole, OrganisationRole, SoftwareMetadata, Standing } from '@assent/persistence/directory';
import { isRevocationReason, type RevocationReason } from '@assent/pki';
import { isStorable } from '@assent/protocol';
import { z } from 'zod';
import { rolesOf, type JoinableMarkets } from './markets.js';
import { malformed } from './refusals.js';

/* What callers enter, checked. Each problem names its member. */

/** Plain text of one line: no control characters, and none that turn the direction of what follows. */
const line = (most: number) =>
  z
    .string()
    .transform((text) => text.normalize('NFC').trim())
    .refine((text) => text.length >= 1 && text.length <= most && !/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]/u.test(text), `1 to ${most} characters on one line`);

const https = z.string().refine((text) => {
  if (text.length > 2000 || !/^https:\/\/[^\s\p{Cc}"<>\\^`{|}]+$/u.test(text) || !URL.canParse(text)) return false;
  const { username, password, hash } = new URL(text);
  return username === '' && password === '' && hash === '' && !text.includes('#');
}, 'an https address without fragment and credentials');

export const organisationEntry = z.strictObject({
  legal_name: line(200),
  country: z.string().refine((text) => /^[A-Z]{2}$/.test(text), 'a country as two capital letters (ISO 3166-1)'),
  register_number: z.string().refine((text) => /^[A-Za-z0-9][A-Za-z0-9 ./-]{0,39}$/.test(text), 'its number in a register: up to 40 letters, digits, spaces, dots, slashes and dashes'),
  roles: z.array(z.strictObject({ market: z.string(), role: z.string(), status: z.enum(['active', 'suspended', 'revoked']).default('active') })).max(100).default([]),
  /** Every role of these markets. */
  markets: z.array(z.string()).max(50).default([]),
});

export const metadataEntry = {
  client_name: line(100),
  client_description: line(300).optional(),
  redirect_uris: z.array(https).min(1, 'at least one address').max(20),
  client_uri: https.optional(),
  logo_uri: https.optional(),
  policy_uri: https.optional(),
  tos_uri: https.optional(),
  sector_identifier_uri: https.optional(),
  recipient_base_uri: https.optional(),
  notification_uri: https.optional(),
};

const roleList = z.array(z.strictObject({ market: z.string(), role: z.string() })).max(100);

export const softwareEntry = z.strictObject({
  organisation_id: z.string().max(64),
  ...metadataEntry,
  /** Of its organisation's; all of them where neither this nor `markets` is given. */
  roles: roleList.optional(),
  markets: z.array(z.string()).max(50).optional(),
});

export const softwareChange = z.strictObject({
  ...Object.fromEntries(Object.entries(metadataEntry).map(([name, type]) => [name, (type as z.ZodType).optional()])),
  roles: roleList.optional(),
  status: z.enum(['active', 'suspended', 'revoked']).optional(),
}) as z.ZodType<Partial<SoftwareMetadata> & { readonly roles?: readonly MarketRole[] | undefined; readonly status?: Standing | undefined }>;

export const organisationChange = z.strictObject({ roles: organisationEntry.shape.roles.optional(), status: z.enum(['active', 'suspended', 'revoked']).optional() });

export const certificateEntry = z.strictObject({
  purpose: z.enum(['transport', 'signing', 'encryption']),
  /** The subject is written in this market's form. */
  market: z.string().optional(),
  /** PEM. Left out: a key is made, returned once and kept nowhere. */
  csr: z.string().max(16_384).optional(),
  key: z.enum(['rsa', 'ec']).default('rsa'),
});

export const revocationEntry = z.strictObject({
  reason: z
    .string()
    .default('unspecified')
    .transform((text, context): RevocationReason => {
      if (isRevocationReason(text) && text !== 'certificateHold') return text;
      context.addIssue({ code: 'custom', message: 'one of unspecified, keyCompromise, affiliationChanged, superseded, cessationOfOperation, privilegeWithdrawn' });
      return z.NEVER;
    }),
});

export const serverEntry = z.strictObject({ name: line(100), issuer: https, market: z.string().optional() });

/** What is wrong with an entry: by member, in words a developer can act on. */
export interface Problem {
  readonly member: string;
  readonly expected: string;
}

/** The entry, or what is wrong with it. */
export function readEntry<T>(schema: z.ZodType<T>, body: unknown): { readonly value: T } | { readonly problems: readonly Problem[] } {
  // What JSON can escape and no database keeps.
  if (!isStorable(body)) return { problems: [{ member: 'the body', expected: 'text in Unicode without NUL, and no deep nesting' }] };
  const read = schema.safeParse(body);
  if (read.success) return { value: read.data };
  return { problems: read.error.issues.map(({ path, message }) => ({ member: path.join('.') || 'the body', expected: message })) };
}

/** The entry. `invalid_request` names the first thing that is wrong. */
export function entryOf<T>(schema: z.ZodType<T>, body: unknown): T {
  const read = readEntry(schema, body ?? {});
  if ('value' in read) return read.value;
  const [first] = read.problems;
  throw malformed(`${first?.member}: ${first?.expected}`);
}

/** Roles as they were entered, with every role of the markets named beside them. `invalid_request` for a market or role there is not. */
export function organisationRoles(markets: JoinableMarkets, entered: readonly OrganisationRole[], whole: readonly string[]): readonly OrganisationRole[] {
  for (const { market, role } of entered) verifyRole(markets, market, role);
  const added = whole.flatMap((name) => rolesOf(marketOf(markets, name))).map((one) => ({ ...one, status: 'active' as const }));
  return distinct([...entered, ...added]);
}

/** Roles of software: those entered, or its organisation's own (in the markets named). `invalid_request` for one its organisation does not have. */
export function softwareRoles(held: readonly OrganisationRole[], entered: readonly MarketRole[] | undefined, whole: readonly string[] | undefined): readonly MarketRole[] {
  const missing = entered?.find(({ market, role }) => !held.some((one) => one.market === market && one.role === role));
  if (missing) throw malformed(`roles: the organisation has no role ${missing.role} in ${missing.market}`);
  const all = held.map(({ market, role }) => ({ market, role }));
  if (entered === undefined && whole === undefined) return distinct(all);
  const empty = whole?.find((name) => !all.some(({ market }) => market === name));
  if (empty !== undefined) throw malformed(`markets: the organisation has no role in ${empty}`);
  return distinct([...(entered ?? []), ...all.filter(({ market }) => whole?.includes(market))]);
}

/** `invalid_request` for a name there is not. */
export function marketOf(markets: JoinableMarkets, name: string) {
  const market = markets.get(name);
  if (!market) throw malformed(`market: one of ${[...markets.keys()].join(', ')}`);
  return market;
}

function verifyRole(markets: JoinableMarkets, market: string, role: string): void {
  const { dialect } = marketOf(markets, market);
  if (!dialect.roles.some((one) => one.role === role)) throw malformed(`roles: one of ${dialect.roles.map((one) => one.role).join(', ') || 'none'} in ${market}`);
}

const distinct = <T extends MarketRole>(roles: readonly T[]): readonly T[] => [...new Map(roles.map((one) => [`${one.market} ${one.role}`, one])).values()];
