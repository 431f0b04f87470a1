import type { DataPresentation, PaymentPresentation } from '@assent/authorization-details';
import type { CustomerAccount } from '@assent/protocol';
import { changeRows, type Permitted } from '../change-rows.js';
import { clustersOf } from '../clusters.js';
import type { Frame } from '../components/layout.js';
import { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import { isolate, ltr } from '../html/plain-text.js';
import type { ChangeModel } from '../pages/change.js';
import type { ConsentModel } from '../pages/consent.js';
import type { CodeCheck, DeviceAsking } from '../pages/device-code.js';
import type { DeviceListModel } from '../pages/device-list.js';
import type { DeviceToldModel } from '../pages/device-told.js';
import type { DoneModel } from '../pages/done.js';
import type { ErrorModel } from '../pages/error.js';
import type { PaymentModel } from '../pages/payment.js';
import type { SignInModel } from '../pages/sign-in.js';
import { textsOf } from '../texts/index.js';

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

/** A detail that opens balances and transactions, as its type presents it. */
export const someDetail: DataPresentation = {
  kind: 'data',
  clusters: [
    { id: 'balances', title: 'Balances', summary: 'How much is in each account you choose.', items: ['Booked balance', 'Currency'] },
    { id: 'transactions', title: 'Transactions', summary: 'Money in and out of each account you choose.', items: ['Dates and amounts', 'Who you paid, and who paid you'] },
  ],
  terms: [{ id: 'history', term: 'Which transactions', value: 'From 23 November 2025 on, and new ones.' }],
};

const before: Permitted = { clusters: clustersOf(['openid', 'accounts', 'balances', 'transactions']), details: [], payments: [], until: new Date('2027-05-02T00:00:00Z') };
const after: Permitted = { clusters: clustersOf(['openid', 'email', 'accounts', 'balances']), details: [], payments: [], until: new Date('2027-11-23T00:00:00Z') };

export const someRows = (locale: Locale, was: Permitted = before, is: Permitted = after, tpp: unknown = 'Tally Budget') =>
  changeRows(was, is, { tpp: isolate(tpp), bank: isolate('Harbour Bank'), t: textsOf(locale) }, locale);

/** A replacement; its rows are in the frame's language. */
export const aChange = (more: Partial<ChangeModel> = {}): ChangeModel => ({
  ...aConsent(more),
  rows: someRows(more.frame?.locale ?? 'en'),
  since: new Date('2026-05-02T00:00:00Z'),
  sharesData: true,
  aboutData: true,
  shared: ['everyday'],
  kept: false,
  picksAccounts: true,
  pays: false,
  seesAccounts: true,
  ...more,
});

export const onePayment: PaymentPresentation = {
  kind: 'payment',
  amount: { value: '84.20', currency: 'EUR' },
  recurring: false,
  payee: { name: 'Bright Energy Supply BV', account: 'NL91ABNA0417164300' },
  terms: [{ id: 'reference', term: 'Reference', value: 'Invoice 20261107', quoted: true }],
};

export const monthlyPayments: PaymentPresentation = {
  kind: 'payment',
  amount: { value: '120.00', currency: 'EUR' },
  recurring: true,
  period: 'month',
  payee: { name: 'Bright Energy', account: 'NL91 ABNA 0417 1643 00' },
  terms: [
    { id: 'per-payment', term: 'Each payment', value: `At most ${ltr('€84.20')}.` },
    { id: 'count', term: 'How many payments', value: 'One a month at most.' },
    { id: 'starts', term: 'From', value: '1 December 2026. No payment before.' },
    { id: 'ends', term: 'Until', value: '30 November 2027. No payment after.' },
  ],
};

export const aPayment = (more: Partial<PaymentModel> = {}): PaymentModel => ({
  ...aConsent(more),
  client: { name: 'Saffron Checkout', legalName: 'Saffron Payments plc', registerNumber: '764310', returnHost: 'saffron.example' },
  payment: onePayment,
  until: new Date('2027-11-30T00:00:00Z'),
  fee: '0',
  adds: false,
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

const devicePath = (post = '') => SafeUrl.of(`/fapi2/device${post}`);

/** What only the customer's own device shows; the code is shown, unless told. */
export const onDevice = (code: CodeCheck | undefined = { by: 'shown', code: 'W4SC' }): DeviceAsking => ({
  requestedAt: new Date('2026-11-24T14:03:00Z'),
  expiresAt: new Date('2026-11-24T14:08:00Z'),
  secondsLeft: 300,
  list: devicePath(),
  code,
});

export const threeCodes = (problem?: 'missing'): CodeCheck => ({ by: 'pick', options: ['R7KD', 'W4SC', 'B2XM'], problem });

export const aDeviceList = (more: Partial<DeviceListModel> = {}): DeviceListModel => {
  const locale = more.frame?.locale ?? 'en';
  const { what } = textsOf(locale).device;
  const times = { requestedAt: new Date('2026-11-24T14:03:00Z'), expiresAt: new Date('2026-11-24T14:08:00Z') };
  return {
    frame: aFrame(),
    signedInAs: 'Ana Moreira',
    waiting: [
      { id: 'one', clientName: 'Saffron Checkout', what: what.payment(ltr('€84.20'), isolate('Bright Energy Supply BV')), ...times, to: devicePath('/requests/one') },
      { id: 'two', clientName: 'Tally Budget', what: what.accounts, ...times, to: devicePath('/requests/two') },
    ],
    secondsLeft: 300,
    blocked: [],
    events: devicePath('/events'),
    signOut: { to: devicePath('/sign-out'), hidden: { csrf: 'token' } },
    ...more,
  };
};

export const aDeviceTold = (more: Partial<DeviceToldModel> = {}): DeviceToldModel => ({
  frame: aFrame(),
  clientName: 'Saffron Checkout',
  state: 'approved',
  about: 'payment',
  list: devicePath(),
  ...more,
});

export const blocking = { to: devicePath('/requests/one/block'), hidden: { csrf: 'token' } };
