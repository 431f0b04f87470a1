import type { DetailTypes, PaymentPresentation, Presentation } from '@assent/authorization-details';
import { spokenScopes, type Market } from '@assent/markets';
import { accountName, amountOf, clustersOf, explainAll, isolate, ltr, plain, siteTextsOf, termsOfDetails, textsOf, type Data, type Explanation, type Locale, type NamedAccount, type SiteTexts } from '@assent/pages';
import type { AuthorizationDetail, ClaimsRequest, GrantDifference } from '@assent/protocol';

/** In which language, about whom, and what the types of details are. */
export interface Speaking {
  readonly locale: Locale;
  readonly bank: string;
  readonly tpp: string;
  readonly details: DetailTypes;
  /** Of the issuer whose grant it is. */
  readonly market?: Market | undefined;
}

interface Permissions {
  readonly scope: readonly string[];
  readonly claims?: ClaimsRequest | undefined;
  readonly authorizationDetails: readonly AuthorizationDetail[];
  readonly expiresAt?: Date | null;
}

export const dataOf = (permissions: Permissions, speaking: Speaking): Data => ({
  clusters: clustersOf(spokenScopes(permissions.scope, speaking.market), permissions.claims),
  details: presentations(permissions, speaking).filter((one) => one.kind === 'data'),
});

export const paymentsOf = (permissions: Permissions, speaking: Speaking): readonly PaymentPresentation[] =>
  presentations(permissions, speaking).filter((one) => one.kind === 'payment');

const presentations = ({ authorizationDetails, expiresAt }: Permissions, { details: types, locale }: Speaking): readonly Presentation[] =>
  authorizationDetails.map((detail) => types.present(detail, locale, expiresAt));

/** What it may see, as the consent page explained it; what bounds it stands under the last of it. */
export function explanations(permissions: Permissions, speaking: Speaking): readonly Explanation[] {
  const data = dataOf(permissions, speaking);
  const explained = explainAll(data, spoken(speaking));
  const terms = termsOfDetails(data).map(({ value }) => value);
  return explained.map((one, index) => ({ ...one, ...(index === explained.length - 1 && terms.length > 0 && { terms }) }));
}

/** In a few words each. */
export const titles = (permissions: Permissions, speaking: Speaking): readonly string[] => explainAll(dataOf(permissions, speaking), spoken(speaking)).map(({ title }) => title);

/** The same for a line of a list: account data first, and who the customer is only where there is nothing else. */
export function shortWords(permissions: Permissions, speaking: Speaking): readonly string[] {
  const { short } = siteTextsOf(speaking.locale).dashboard;
  const named = (id: string): id is keyof typeof short => Object.hasOwn(short, id);
  const all = explainAll(dataOf(permissions, speaking), spoken(speaking)).map(({ id, title }) => ({ id, text: named(id) ? short[id] : midSentence(title, speaking.locale) }));
  const ofAccounts = ['accounts', 'balances', 'transactions'];
  const [first, rest] = [all.filter(({ id }) => ofAccounts.includes(id)), all.filter(({ id }) => !ofAccounts.includes(id) && id !== 'identity')];
  const texts = [...first, ...rest].map(({ text }) => text);
  const said = texts.length > 0 ? texts : all.map(({ text }) => text);
  return said.map((text, index) => (index === 0 ? text.charAt(0).toLocaleUpperCase(speaking.locale) + text.slice(1) : text));
}

/** Titles of a market’s own begin with a capital; an abbreviation keeps its own. */
const midSentence = (title: string, locale: Locale): string => (/^\p{Lu}{2}/u.test(title) ? title : title.charAt(0).toLocaleLowerCase(locale) + title.slice(1));

export const paymentWords = (payment: PaymentPresentation, t: SiteTexts, locale: Locale): string => t.detail.amountTo(amountOf(payment, t, locale), isolate(payment.payee.name));

/** A change in words: what came, what went. A detail that only had its accounts written into it did neither. */
export function changeWords(difference: GrantDifference, accounts: readonly NamedAccount[], speaking: Speaking): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  const t = siteTextsOf(speaking.locale);
  const permissions = (which: 'added' | 'removed'): Permissions => {
    const claims = difference.claims?.[which] ?? [];
    return { scope: difference.scope?.[which] ?? [], claims: { userinfo: Object.fromEntries(claims.map((name) => [name, null])) }, authorizationDetails: difference.authorizationDetails?.[which] ?? [] };
  };
  const said = { added: titles(permissions('added'), speaking), removed: titles(permissions('removed'), speaking) };
  const side = (which: 'added' | 'removed', other: 'added' | 'removed'): readonly string[] => {
    const payments = paymentsOf(permissions(which), speaking).map(({ payee }) => t.history.paymentTo(isolate(payee.name)));
    return [...new Set([...said[which].filter((title) => !said[other].includes(title)), ...payments, ...(difference.accounts?.[which] ?? []).map((id) => accountName(accountNamed(id, accounts), t))])];
  };
  return { added: side('added', 'removed'), removed: side('removed', 'added') };
}

/** An account the bank does not have any more goes by the end of its id. */
export const accountNamed = (id: string, accounts: readonly NamedAccount[]): NamedAccount => accounts.find((one) => one.id === id) ?? { id, name: '', maskedNumber: id.slice(-4) };

const spoken = ({ tpp, bank, locale }: Speaking) => ({ tpp: isolate(tpp), bank: isolate(bank), t: textsOf(locale) });

/** Account names where only characters fit: options of a list, files. */
export const plainAccount = ({ name, maskedNumber }: NamedAccount): string => `${plain(name)} ${plain(ltr(`••${maskedNumber}`))}`.trim();
