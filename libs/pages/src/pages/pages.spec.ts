import { clustersOf } from '../clusters.js';
import { SafeUrl } from '../html/safe-url.js';
import { locales, type Locale } from '../locale.js';
import { aConsent, aDone, aFrame, anError, aSignIn } from '../spec-support/samples.js';
import { textsOf } from '../texts/index.js';
import { renderConsentPage } from './consent.js';
import { renderDonePage } from './done.js';
import { renderErrorPage, type ErrorVariant } from './error.js';
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

describe('the sign-in page', () => {
  it('says who asks, and that the password is for the bank only', () => {
    const text = textOf(renderLoginPage(aSignIn()));
    expect(text).toContain('Tally Budget asks to see account data. You decide next.');
    expect(text).toContain('Tally Budget never needs your password.');
    expect(textOf(renderLoginPage(aSignIn({ asks: 'identity' })))).toContain('Tally Budget asks to know who you are.');
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
  const all = [renderLoginPage(aSignIn({ frame, problem: 'wrong' })), renderConsentPage(aConsent({ frame, problem: 'choose-account' })), renderErrorPage(anError({ frame })), renderDonePage(aDone({ frame }))];
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
