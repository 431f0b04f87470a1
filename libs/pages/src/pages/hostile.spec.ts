import { clustersOf } from '../clusters.js';
import { isolate } from '../html/plain-text.js';
import { SafeUrl } from '../html/safe-url.js';
import { aChange, aConsent, aDeviceList, aDeviceTold, aDone, aFrame, anError, aPayment, aSignIn, blocking, onDevice, someRows } from '../spec-support/samples.js';
import { renderChangePage } from './change.js';
import { renderConsentPage } from './consent.js';
import { renderDeviceListPage } from './device-list.js';
import { renderDeviceToldPage } from './device-told.js';
import { renderDonePage } from './done.js';
import { renderErrorPage } from './error.js';
import { renderPaymentPage } from './payment.js';
import { renderLoginPage } from './sign-in.js';

/* Every text a page shows may come from somebody who wants it to be something else. */

const hostile: readonly [string, unknown][] = [
  ['an image', '<img src=x onerror=alert(1)>'],
  ['a script', '</title></script><script>alert(1)</script>'],
  ['an attribute', '" autofocus onfocus=alert(1) x="'],
  ["a quote's other kind", "' onmouseover='alert(1)"],
  ['an entity', '&lt;script&gt;&#x3c;'],
  ['a script address', 'javascript:alert(1)'],
  ['a reversed name', 'knaB \u202Egro.live\u202C'],
  ['an isolate that ends early', 'a\u2069\u2067b'],
  ['lines', 'a\r\nSet-Cookie: x=1\r\n\r\n<h1>b</h1>'],
  ['a very long word', 'W'.repeat(3000)],
  ['a NUL', 'a\u0000<b>'],
  ['a template', '${7*7}{{7*7}}<%= 7*7 %>'],
  ['a forged element', { type: 'script', props: { children: 'alert(1)' }, key: null, ref: null, constructor: undefined, __v: 1 }],
  ['a list of elements', [{ type: 'img', props: { onerror: 'alert(1)' } }]],
  ['an object that prints itself', { toString: () => '<script>alert(1)</script>' }],
  ['nothing', undefined],
  ['a function', () => '<script>'],
];

/** The models with every text replaced. */
const pagesOf = (value: unknown): Record<string, () => string> => {
  const v = value as string;
  const frame = aFrame('en', { brand: v, help: v });
  const accounts = [
    { id: v, name: v, maskedNumber: v, balance: { amount: v, currency: v } },
    { id: v, name: v, maskedNumber: v, balance: { amount: v, currency: v }, unavailable: v },
  ];
  const client = { name: v, legalName: v, registerNumber: v, purpose: v, returnHost: v };
  const clusters = [...clustersOf(['openid', 'accounts']), { id: 'other', name: v } as const];
  const detail = { kind: 'data', clusters: [{ id: v, title: v, summary: v, items: [v] }], terms: [{ id: v, term: v, value: v, quoted: true }] } as const;
  const payment = { kind: 'payment', amount: { value: v, currency: v }, recurring: false, payee: { name: v, account: v }, terms: [{ id: v, term: v, value: v, quoted: true }, { id: 'own', term: 'Own', value: v }] } as const;
  const permitted = { clusters, details: [detail], payments: [payment], until: null };
  return {
    'sign-in': () => renderLoginPage(aSignIn({ frame, clientName: v, login: v, problem: 'other-customer', signedInAs: v, hidden: { csrf: String(v) } })),
    consent: () => renderConsentPage(aConsent({ frame, client, signedInAs: v, accounts, clusters, problem: 'choose-account', hidden: { csrf: String(v) } })),
    details: () => renderConsentPage(aConsent({ frame, client, signedInAs: v, accounts, clusters, details: [detail], hidden: { csrf: String(v) } })),
    change: () => renderChangePage(aChange({ frame, client, signedInAs: v, accounts, shared: [v], rows: someRows('en', permitted, { ...permitted, payments: [] }, v), hidden: { csrf: String(v) } })),
    payment: () => renderPaymentPage(aPayment({ frame, client, signedInAs: v, accounts, payment, fee: v, hidden: { csrf: String(v) } })),
    'on a device': () => renderConsentPage(aConsent({ frame, client, signedInAs: v, accounts, clusters, device: onDevice({ by: 'shown', code: v }), hidden: { csrf: String(v) } })),
    'on a device, picking': () => renderPaymentPage(aPayment({ frame, client, signedInAs: v, accounts, payment, fee: v, device: onDevice({ by: 'pick', options: [v, v, v] }), hidden: { csrf: String(v) } })),
    'on a device, typing': () => renderPaymentPage(aPayment({ frame, client, signedInAs: v, accounts, payment, fee: v, device: onDevice({ by: 'type', given: v, problem: 'wrong' }), hidden: { csrf: String(v) } })),
    'what waits': () => renderDeviceListPage(aDeviceList({ frame, signedInAs: v, waiting: [{ ...aDeviceList().waiting[0]!, id: v, clientName: v, what: isolate(v) }], blocked: [{ clientName: v, unblock: blocking }], told: { what: 'blocked', clientName: v } })),
    'what became of it': () => renderDeviceToldPage(aDeviceTold({ frame, clientName: v, state: 'denied', block: blocking })),
    error: () => renderErrorPage(anError({ frame, clientName: v, reference: v, code: v, again: SafeUrl.of('/x'), variant: 'changed' })),
    done: () => renderDonePage(aDone({ frame, clientName: v })),
  };
};

/** Tags and attribute names as a parser sees them. */
function markup(html: string): { readonly tags: ReadonlySet<string>; readonly attributes: ReadonlySet<string> } {
  const tags = new Set<string>();
  const attributes = new Set<string>();
  for (const [, tag = '', rest = ''] of html.matchAll(/<([a-zA-Z!/][^\s>]*)((?:"[^"]*"|[^>"])*)>/g)) {
    tags.add(tag.replace(/^\//, ''));
    for (const [, name = ''] of rest.matchAll(/\s([^\s=>"/]+)(?:="[^"]*")?/g)) attributes.add(name);
  }
  return { tags, attributes };
}

const benign = Object.fromEntries(Object.entries(pagesOf('Name')).map(([page, render]) => [page, markup(render())]));

describe.each(Object.keys(benign))('%s', (page) => {
  it.each(hostile)('shows %s as text, or not at all', (_says, value) => {
    const html = pagesOf(value)[page]!();
    const { tags, attributes } = markup(html);
    expect([...tags].filter((tag) => !benign[page]!.tags.has(tag))).toEqual([]);
    expect([...attributes].filter((name) => !benign[page]!.attributes.has(name))).toEqual([]);
    const shown = html.replace(/<input type="hidden"[^>]*>/g, '');
    expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u0000]/);
    expect(shown).not.toContain('[object');
    expect(html).not.toMatch(/(href|action|src)="(javascript|data|\/\/)/i);
  });

  it('cuts what is too long', () => {
    const html = pagesOf('W'.repeat(3000))[page]!();
    expect(html.replace(/<input type="hidden"[^>]*>/g, '')).not.toMatch(/W{301}/);
  });
});
