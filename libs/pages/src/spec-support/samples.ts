import type { CustomerAccount } from '@assent/protocol';
import { clustersOf } from '../clusters.js';
import type { Frame } from '../components/layout.js';
import { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import type { ConsentModel } from '../pages/consent.js';
import type { DoneModel } from '../pages/done.js';
import type { ErrorModel } from '../pages/error.js';
import type { SignInModel } from '../pages/sign-in.js';

/* Page models as the apps make them. */

export const aFrame = (locale: Locale = 'en', more: Partial<Frame> = {}): Frame => ({
  locale,
  brand: 'Harbour Bank',
  help: 'Call us on the number on your card.',
  inLanguage: (other) => SafeUrl.of(`?ui_locales=${other}`),
  ...more,
});

const base = '/fapi2/interaction/q1w2';

export const aSignIn = (more: Partial<SignInModel> = {}): SignInModel => ({
  frame: aFrame(),
  clientName: 'Tally Budget',
  asks: 'accounts',
  action: SafeUrl.of(`${base}/login`),
  cancel: SafeUrl.of(`${base}/cancel`),
  hidden: { csrf: 'token' },
  ...more,
});

export const someAccounts: readonly CustomerAccount[] = [
  { id: 'everyday', name: 'Everyday account', maskedNumber: '4821', balance: { amount: '2140.55', currency: 'EUR' } },
  { id: 'savings', name: 'Savings', maskedNumber: '0093', balance: { amount: '11800.00', currency: 'EUR' } },
  { id: 'business', name: 'Business account', maskedNumber: '7710', balance: { amount: '90210.10', currency: 'EUR' }, unavailable: 'needs_second_approver' },
];

export const aConsent = (more: Partial<ConsentModel> = {}): ConsentModel => ({
  frame: aFrame(),
  client: {
    name: 'Tally Budget',
    legalName: 'Tally Software Ltd',
    registerNumber: '812345',
    purpose: 'To show your spending in one place and warn you before a bill is due.',
    returnHost: 'tallybudget.example',
  },
  signedInAs: 'Ana Moreira',
  clusters: clustersOf(['openid', 'accounts', 'balances', 'transactions']),
  accounts: someAccounts,
  until: new Date('2027-11-23T00:00:00Z'),
  offline: true,
  action: SafeUrl.of(`${base}/consent`),
  cancel: SafeUrl.of(`${base}/cancel`),
  hidden: { csrf: 'token', shown: 'sealed' },
  ...more,
});

export const anError = (more: Partial<ErrorModel> = {}): ErrorModel => ({
  frame: { ...aFrame() },
  variant: 'expired',
  reference: '0f8c1d3e-7a5b-4c42-9a51-2f6d8c1b0e77',
  ...more,
});

export const aDone = (more: Partial<DoneModel> = {}): DoneModel => ({
  frame: aFrame(),
  clientName: 'Tally Budget',
  decision: 'allowed',
  continueTo: SafeUrl.ofRedirect('com.example.tally:/callback?code=x&state=y'),
  ...more,
});
