import { clustersOf } from '../clusters.js';
import { SafeUrl } from '../html/safe-url.js';
import { locales, type Locale } from '../locale.js';
import { aChange, aConsent, aDone, aFrame, anError, aPayment, aSignIn, monthlyPayments, onePayment, someAccounts, someDetail } from '../spec-support/samples.js';
import { textsOf } from '../texts/index.js';
import { renderChangePage } from './change.js';
import { renderConsentPage } from './consent.js';
import { renderDonePage } from './done.js';
import { formPostScript, renderFormPostPage } from './form-post.js';
import { renderErrorPage, type ErrorVariant } from './error.js';
import { renderPaymentPage } from './payment.js';
import { renderLoginPage } from './sign-in.js';

/** What a reader sees: no tags, one space. */
const textOf = (html: string): string => html.slice(html.indexOf('<main')).replace(/<[^>]*>/g, '').replace(/&quot;/g, '"').replace(/&amp;/g, '&').replace(/\s+/g, ' ');
const titleOf = (html: string) => /<title>(.*)<\/title>/.exec(html)?.[1];
const buttonOf = (html: string, id: string) => new RegExp(`<button[^>]*id="${id}"[^>]*>`).exec(html)?.[0] ?? '';

describe('the consent page', () => {
  const html = renderConsentPage(aConsent());
  const text = textOf(html);

  it.each([
    ['who asks', 'Tally Software Ltd trades as Tally Budget. It is on the regulator’s register, number 812345.'],
    ['where the customer returns to', 'After this, you return to tallybudget.example'],
    ['why, as a quotation', 'In Tally Budget’s words:To show your spending in one place'],
    ['what', 'What Tally Budget will see'],
    ['everything it includes', 'See everything this includes: Balances'],
    ['which accounts', 'Everyday accountending ••4821Balance: €2,140.55'],
    ['how long', 'Until 23 November 2027, then it stops by itself.'],
    ['how often', 'also when you are not using Tally Budget'],
    ['how to stop', 'Any time: tell Harbour Bank, or stop it in Tally Budget. It takes effect at once.'],
    ['what cannot happen', 'Tally Budget cannot move money, change your details or see your password.'],
    ['what happens next', 'If you don’t, nothing is shared and we tell Tally Budget that you said no.'],
    ['who is signed in', 'You are signed in as Ana Moreira.'],
  ])('says %s', (_says, sentence) => expect(text).toContain(sentence));

  it('chooses nothing beforehand and puts the cursor nowhere', () => {
    expect(html).not.toMatch(/\bchecked\b|\bautofocus\b|\bselected\b/);
  });
  it('makes no as easy as yes: the same form, kind of button and step', () => {
    expect(buttonOf(html, 'consent-allow')).toMatch(/type="submit".*class="btn yes"/);
    expect(buttonOf(html, 'cancel')).toMatch(/type="submit".*class="btn no"/);
  });
  it('shows an account that cannot be shared, disabled, with the reason', () => {
    expect(html).toMatch(/<input id="account-2"[^>]*disabled[^>]*aria-describedby="account-2-why"/);
    expect(text).toContain('Cannot be shared here: it needs a second approver.');
    expect(renderConsentPage(aConsent({ accounts: [{ ...aConsent().accounts[0]!, unavailable: 'constructor' }] }))).toContain('Cannot be shared here.');
  });
  it('says who has no account to choose', () => {
    expect(textOf(renderConsentPage(aConsent({ accounts: [] })))).toContain('You have no account that can be shared here.');
  });
  it('puts the problem first, links it to the first account that can be chosen, and marks the title', () => {
    const wrong = renderConsentPage(aConsent({ problem: 'choose-account', accounts: [aConsent().accounts[2]!, aConsent().accounts[0]!] }));
    expect(wrong).toMatch(/<main[^>]*><div class="note bad summary" role="alert"><h2>There is a problem<\/h2><ul><li><a href="#account-1">Choose at least one account/);
    expect(titleOf(wrong)).toBe('Error: Share your account data with Tally Budget? – Harbour Bank');
  });
  it('has no word of ours for things', () => expect(text).not.toMatch(/\bscopes?\b|\bPSU\b|consent id|\btoken\b|oauth/i));

  it('without account data asks only to share who the customer is', () => {
    const identity = renderConsentPage(aConsent({ clusters: clustersOf(['openid', 'profile']), offline: false }));
    expect(textOf(identity)).toContain('Share who you are with Tally Budget?');
    expect(textOf(identity)).toContain('cannot see your accounts');
    expect(textOf(identity)).toContain('Only after you come here from Tally Budget');
    expect(identity).not.toContain('name="account"');
  });
  it('shows a permission nobody described, and then does not promise what it cannot do', () => {
    const odd = textOf(renderConsentPage(aConsent({ clusters: clustersOf(['payments']) })));
    expect(odd).toContain('Other access: “payments”');
    expect(odd).not.toContain('cannot see your accounts');
  });
  it('says nothing about a company it knows nothing of', () => {
    const bare = textOf(renderConsentPage(aConsent({ client: { name: 'Tally', returnHost: 'tally.example' } })));
    expect(bare).not.toMatch(/Why|register|trades as|undefined/);
  });
});

describe('the consent page with details', () => {
  const model = aConsent({ clusters: clustersOf(['openid', 'balances']), details: [someDetail] });
  const text = textOf(renderConsentPage(model));
  it('shows what a scope and a detail open once, and what bounds the detail', () => {
    expect(text.split('Balances').length - 1).toBe(2);
    expect(text).toContain('Which transactionsFrom 23 November 2025 on, and new ones.');
  });
  it('asks for accounts, also without a scope that does', () => {
    const html = renderConsentPage(aConsent({ clusters: [], details: [someDetail] }));
    expect(textOf(html)).toContain('Share your account data with Tally Budget?');
    expect(html).toContain('name="account"');
  });
  it('before a payment promises nothing about money, and says what a no means', () => {
    const before = textOf(renderConsentPage({ ...model, path: { pages: ['data', 'payment'], at: 0 } }));
    expect(before).toContain('Nothing on this page lets Tally Budget move money');
    expect(before).toContain('nothing is shared or paid and we tell Tally Budget that you said no.');
    expect(before).not.toContain('Tally Budget cannot move money');
    expect(before).toMatch(/Sign in\s*Data\s*Payment\s*Done/);
  });
});

describe('the change page', () => {
  const html = renderChangePage(aChange());
  const text = textOf(html);
  it.each([
    ['what is asked', 'Change what Tally Budget can see?'],
    ['since when, and what a no means', 'You already share data with Tally BudgetSince 2 May 2026. If you don’t allow this change, everything stays as it is.'],
    ['what is new, with all of it', 'NewYour email addressThe address we write to you at.Email addressWhether we have checked it'],
    ['what becomes longer', 'LongerUntil 23 November 2027Was: until 2 May 2027.'],
    ['what stays', 'StaysBalances'],
    ['what goes', 'RemovedTransactionsTally Budget will no longer get this.'],
    ['how accounts are chosen', 'The accounts you share today are ticked. Only accounts that are ticked when you allow the changes stay shared.'],
    ['both answers', 'Allow these changesKeep it as it is'],
    ['whom it is for', 'After this, you return to tallybudget.example'],
    ['what happens on no', 'everything stays as it is and we tell Tally Budget that you said no.'],
  ])('says %s', (_says, sentence) => expect(text).toContain(sentence));

  it('ticks what is shared already, and nothing else', () => {
    expect(html.match(/<input [^>]*checked[^>]*>/g)).toEqual([expect.stringContaining('value="everyday"')]);
    expect(renderChangePage(aChange({ shared: ['business'] }))).not.toMatch(/<input [^>]*checked/);
  });
  it('of a merge keeps what is shared out of reach', () => {
    const merge = renderChangePage(aChange({ kept: true, shared: ['everyday', 'business'] }));
    expect(merge.match(/<input [^>]*checked[^>]*>/g)).toEqual([expect.stringMatching(/value="everyday".*disabled/), expect.stringMatching(/value="business".*disabled/)]);
    expect(textOf(merge)).toContain('Shared already');
    expect(textOf(merge)).toContain('Accounts you share already stay shared.');
  });
  it('chooses nothing beforehand where nothing is shared yet', () => {
    const first = renderChangePage(aChange({ shared: [] }));
    expect(first).not.toMatch(/<input [^>]*checked/);
    expect(textOf(first)).toContain('Choose at least one. Only the accounts you choose are shared.');
  });
  it('without any data speaks of what may be done', () => {
    const payments = textOf(renderChangePage(aChange({ sharesData: false, aboutData: false, picksAccounts: false })));
    expect(payments).toContain('Change what Tally Budget may do?');
    expect(payments).toContain('You already gave Tally Budget a permission');
  });
  it('does not say it cannot move money where it may pay already', () => {
    expect(textOf(renderChangePage(aChange({ pays: true })))).toContain('This change does not let Tally Budget make other payments');
    expect(textOf(renderChangePage(aChange({ pays: true })))).not.toContain('cannot move money');
  });
  it('says what is wrong, with its own no', () => {
    const wrong = renderChangePage(aChange({ problem: 'choose-account' }));
    expect(titleOf(wrong)).toBe('Error: Change what Tally Budget can see? – Harbour Bank');
    expect(textOf(wrong)).toContain('Choose at least one account, or choose “Keep it as it is”');
  });
});

describe('the payment page', () => {
  const html = renderPaymentPage(aPayment());
  const text = textOf(html);
  it.each([
    ['what is asked', 'Approve this payment?'],
    ['amount, payee and whole account', 'You pay€84.20toBright Energy Supply BVAccount number: NL91 ABNA 0417 1643 00'],
    ['from which account', 'Pay from which account?Choose one account. The money is taken from it.Everyday accountending ••4821Balance: €2,140.55'],
    ['the reference', 'ReferenceInvoice 20261107'],
    ['when', 'WhenAs soon as Saffron Checkout sends it to us; at the latest on 30 November 2027.'],
    ['the fee', 'FeeNone'],
    ['who asks', 'Asked bySaffron Checkout, a trading name of Saffron Payments plcIt is on the regulator’s register, number 764310.After this, you return to saffron.example'],
    ['what the approval is good for', 'Your approval is only good for this amount and this payee.'],
    ['both answers', 'Approve €84.20Don’t pay'],
  ])('says %s', (_says, sentence) => expect(text).toContain(sentence));
  it('says to the minute when it ends soon', () => {
    expect(textOf(renderPaymentPage(aPayment({ until: new Date('2026-11-26T18:30:00Z'), soon: true })))).toContain('at the latest on 26 November 2026 at 18:30 UTC.');
  });
  it('warns of scams', () => expect(html.replace(/<[^>]*>/g, '')).toContain('We never ask you to approve a payment to keep your money safe.'));
  it('chooses no account beforehand, unless no other can pay', () => {
    expect(html).not.toMatch(/checked|autofocus/);
    const one = renderPaymentPage(aPayment({ accounts: someAccounts.slice(1) }));
    expect(one.match(/<input [^>]*checked[^>]*>/g)).toEqual([expect.stringContaining('value="savings"')]);
    expect(textOf(one)).toContain('Only this account can pay here.');
  });
  it('shows why an account cannot pay', () => {
    const pounds = { ...someAccounts[1]!, id: 'pounds', balance: { amount: '1.00', currency: 'GBP' } };
    const shown = textOf(renderPaymentPage(aPayment({ accounts: [...someAccounts, pounds], notAsked: ['savings'] })));
    expect(shown).toContain('Cannot pay here: it needs a second approver.');
    expect(shown).toContain('Cannot pay this: Saffron Checkout asked for another account.');
    expect(shown).toContain('Cannot pay this: the account is not in EUR.');
    expect(textOf(renderPaymentPage(aPayment({ accounts: [] })))).toContain('You have no account that can pay this.');
  });
  it('asks for no account where the type wants none', () => expect(renderPaymentPage(aPayment({ picksAccount: false }))).not.toContain('name="account"'));
  it('lets nothing be edited', () => expect(html).not.toMatch(/<input(?![^>]* type="radio"| type="hidden")|<select|<textarea/));
  it('of several says what comes next, and that a no is one for all', () => {
    const pages = ['data', 'payment', 'payment'] as const;
    expect(textOf(renderPaymentPage(aPayment({ path: { pages, at: 1 } })))).toMatch(/Data.*Payment 1.*Payment 2.*Done.*you decide about the next payment; until you have, nothing is paid/);
    expect(textOf(renderPaymentPage(aPayment({ path: { pages, at: 2 } })))).toContain('nothing is paid, nothing is shared or changed, and we tell');
  });
  it('counts many payments in one step', () => {
    const pages = ['data', ...Array.from({ length: 20 }, () => 'payment' as const)] as const;
    const at = (index: number) => textOf(`<main>${/<ol class="steps".*?<\/ol>/s.exec(renderPaymentPage(aPayment({ path: { pages, at: index } })))?.[0] ?? ''}`);
    expect(at(7)).toMatch(/Sign in.*Data.*Payment 7 of 20Done$/);
    expect(at(20)).toMatch(/Payment 20 of 20Done$/);
    expect(renderConsentPage(aConsent({ path: { pages, at: 0 } }))).toContain('20 payments');
    expect(renderDonePage(aDone({ pages }))).toMatch(/<li aria-current="step"><span class="step">Done/);
    expect(renderLoginPage(aSignIn({ pages }))).toMatch(/<li aria-current="step"><span class="step">Sign in/);
  });
  it('of recurring payments says the limit of each period, who may ask, and how to stop', () => {
    const recurring = textOf(renderPaymentPage(aPayment({ payment: monthlyPayments, fee: '0.35' })));
    expect(recurring).toContain('Approve these payments?');
    expect(recurring).toContain('You pay up to€120.00a month, only toBright EnergyAccount number: NL91 ABNA 0417 1643 00');
    expect(recurring).toContain('Whenever Saffron Checkout asks, also when you are not there, until 30 November 2027.');
    expect(recurring).toContain('Fee€0.35');
    expect(recurring).toContain('How to stop');
    expect(recurring).toContain('Approve up to €120.00 a month');
    const { period: _each, ...each } = monthlyPayments;
    expect(textOf(renderPaymentPage(aPayment({ payment: each })))).toContain('You pay up to€120.00each time, only to');
  });
  it('bounds what the client says', () => {
    const loud = { ...onePayment, payee: { name: 'P'.repeat(500), account: 'x' }, terms: [{ id: 'reference', term: 'Reference', value: 'R'.repeat(500), quoted: true }] };
    expect(renderPaymentPage(aPayment({ payment: loud }))).not.toMatch(/P{121}|R{141}/);
  });
});

describe('the sign-in page', () => {
  it('says who asks, and that the password is for the bank only', () => {
    const text = textOf(renderLoginPage(aSignIn()));
    expect(text).toContain('Tally Budget asks to see account data. You decide next.');
    expect(text).toContain('Tally Budget never needs your password.');
    expect(textOf(renderLoginPage(aSignIn({ asks: 'identity' })))).toContain('Tally Budget asks to know who you are.');
    expect(textOf(renderLoginPage(aSignIn({ asks: 'payment', pages: ['payment'] })))).toMatch(/Sign in\s*Approve\s*Done.*asks you to approve a payment.*nothing is paid/);
    expect(textOf(renderLoginPage(aSignIn({ asks: 'change' })))).toMatch(/asks to change what you allowed it.*everything stays as it is/);
  });
  it('lets password managers work', () => {
    const html = renderLoginPage(aSignIn({ login: 'ana' }));
    expect(html).toMatch(/<input type="text" id="login" name="login" value="ana" autocomplete="username webauthn"/);
    expect(html).toMatch(/<input type="password" id="password" name="password" autocomplete="current-password"/);
  });
  it('goes back by a button as large as the one that goes on', () => {
    const html = renderLoginPage(aSignIn());
    expect(buttonOf(html, 'login-submit')).toContain('class="btn yes"');
    expect(buttonOf(html, 'cancel')).toMatch(/class="btn no".*formaction="\/fapi2\/interaction\/q1w2\/cancel"/);
  });
  it('has one text for every failed sign-in', () => {
    const html = renderLoginPage(aSignIn({ problem: 'wrong', login: 'ana' }));
    expect(html).toContain('aria-describedby="login-error"');
    expect(titleOf(html)).toMatch(/^Error: Sign in/);
    expect(textOf(html).split('The user ID or the password is not right.')).toHaveLength(3);
  });
  it('says which field is empty', () => {
    const html = renderLoginPage(aSignIn({ problem: 'missing', passwordMissing: true }));
    expect(html).toMatch(/href="#login">Enter your user ID.*href="#password">Enter your password/);
  });
  it('never sends a password back', () => {
    expect(renderLoginPage({ ...aSignIn({ problem: 'wrong' }), password: 'secret' } as never)).not.toContain('secret');
  });
});

describe('the other pages', () => {
  const variants: readonly ErrorVariant[] = ['expired', 'decided', 'changed', 'unknown', 'cookies', 'notFound', 'tooMany', 'refused', 'invalid', 'internal'];
  it.each(variants)('error %s says what happened, what was not done, what to do, and the reference', (variant) => {
    const texts = textsOf('en').errors[variant];
    const text = textOf(renderErrorPage(anError({ variant })));
    expect(text).toContain(`${texts.title}${texts.what}${texts.not}${texts.next(textsOf('en').theApp)}`);
    expect(text).toContain('Reference: 0f8c1d3e-7a5b-4c42-9a51-2f6d8c1b0e77');
  });
  it('an error and a no say what was not done, by what was asked', () => {
    expect(textOf(renderErrorPage(anError({ about: 'payment' })))).toContain('Nothing was paid.');
    expect(textOf(renderErrorPage(anError({ about: 'both', variant: 'decided' })))).toContain('Nothing more was shared or paid.');
    expect(textOf(renderErrorPage(anError({ about: 'change', variant: 'changed' })))).toContain('Nothing was changed.');
    expect(textOf(renderErrorPage(anError({ about: 'payment', variant: 'internal' })))).toContain('Nothing was shared that you had not allowed.');
    expect(textOf(renderDonePage(aDone({ decision: 'denied', about: 'payment', pages: ['payment'] })))).toContain('Nothing was paid');
    expect(textOf(renderDonePage(aDone({ decision: 'denied', about: 'change' })))).toContain('Everything stays as it is');
  });
  it('an error links to no client', () => {
    expect(renderErrorPage(anError({ clientName: 'Tally Budget' }))).not.toMatch(/href="https?:/);
  });
  it('too many tries says when to come back', () => {
    const html = renderErrorPage(anError({ variant: 'tooMany', waitSeconds: 240, again: SafeUrl.of('/x') }));
    expect(textOf(html)).toContain('You can try again in 4 minutes.');
    expect(html).toContain('href="/x"');
  });
  it('done goes on by itself and by a link', () => {
    const html = renderDonePage(aDone());
    expect(html).toContain('<meta http-equiv="refresh" content="1; url=com.example.tally:/callback?code=x&amp;state=y"/>');
    expect(html).toContain('<a href="com.example.tally:/callback?code=x&amp;state=y" id="continue"');
  });
});

describe.each(locales)('in %s', (locale: Locale) => {
  const frame = aFrame(locale);
  const all = [renderLoginPage(aSignIn({ frame, problem: 'wrong' })), renderConsentPage(aConsent({ frame, problem: 'choose-account' })), renderErrorPage(anError({ frame })), renderDonePage(aDone({ frame })), renderChangePage(aChange({ frame })), renderPaymentPage(aPayment({ frame })), renderPaymentPage(aPayment({ frame, payment: monthlyPayments }))];
  it.each(all)('page %# has its language, direction, one h1, one form at most, and a skip link', (html) => {
    expect(html).toContain(`<html lang="${locale}" dir="${locale === 'ar' ? 'rtl' : 'ltr'}"`);
    expect(html.match(/<h1>/g)).toHaveLength(1);
    expect(html.match(/<form /g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(html).toContain('<a class="skip" href="#main">');
    expect(html).toMatch(new RegExp(`hreflang="${locale}" aria-current="true"`));
    expect(html).not.toMatch(/undefined|\[object|[\u2066-\u2069]/);
    expect(html).not.toMatch(/<script|<style| style=| on[a-z]+=/);
  });
});

it('every language has every sentence, and its own', () => {
  const walk = (value: unknown, path = ''): [string, string][] => {
    if (typeof value === 'string') return [[path, value]];
    if (typeof value === 'function') return [[path, String((value as (...names: string[]) => string)('NAME', 'OTHER'))]];
    return Object.entries(value as object).flatMap(([key, inner]) => walk(inner, `${path}.${key}`));
  };
  const english = new Map(walk(textsOf('en')));
  for (const locale of locales.slice(1)) {
    const other = walk(textsOf(locale));
    expect(other.map(([path]) => path).sort()).toEqual([...english.keys()].sort());
    const same = other.filter(([path, text]) => english.get(path) === text && /[a-z]{4}/.test(text.replace(/NAME|OTHER/g, '')));
    expect(same).toEqual([]);
    const names = (text: string | undefined) => (text?.match(/NAME|OTHER/g) ?? []).filter((name, at, all) => all.indexOf(name) === at).sort();
    for (const [path, text] of other) expect([path, names(text)]).toEqual([path, names(english.get(path))]);
  }
});

describe('the page that posts a response to the client', () => {
  const fields = { response: 'eyJ.e30.x', state: '"><script>alert(1)</script>' };
  const html = renderFormPostPage({ frame: aFrame(), clientName: 'Tally', to: SafeUrl.of('https://tally.example/cb?tenant=a&x=1'), fields });

  it('holds one form to that address, its fields escaped, a button, and a script file of our own', () => {
    expect(html.match(/<form[^>]*>/g)).toEqual(['<form id="form-post" method="post" action="https://tally.example/cb?tenant=a&amp;x=1" novalidate>']);
    expect(html).toContain('<input type="hidden" name="response" value="eyJ.e30.x">'.replace('">', '"/>'));
    expect(html).not.toContain('<script>alert');
    expect(html.match(/<script[^>]*>/g)).toEqual(['<script src="/assets/form-post.js" defer>']);
    expect(buttonOf(html, 'continue')).toMatch(/type="submit"/);
    expect(formPostScript).toContain('form-post');
  });

  it('goes to https alone', () => expect(() => renderFormPostPage({ frame: aFrame(), clientName: 'Tally', to: SafeUrl.ofRedirect('http://127.0.0.1/cb'), fields: {} })).toThrow(TypeError));
});
