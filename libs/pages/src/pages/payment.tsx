import type { PaymentPresentation } from '@assent/authorization-details';
import { Facts, Section } from '../components/parts.js';
import type { Path } from '../components/progress.js';
import { Ltr, Name, Words } from '../components/words.js';
import { termAsSaid } from '../data.js';
import { formatAccountNumber, formatDate, formatDeadline, formatMoney } from '../format.js';
import { isolate, ltr, plain } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { Locale } from '../locale.js';
import { moneyOf } from '../money.js';
import { textsOf, type Texts } from '../texts/index.js';
import { AccountChoice, firstToChoose, reasonOf, type Choosable } from './account-choice.js';
import { Who } from './asking-client.js';
import { AskingPage, isLast } from './asking-page.js';
import type { AskingModel } from './consent.js';

export interface PaymentModel extends AskingModel {
  /** In words of the page's language. */
  readonly payment: PaymentPresentation;
  /** Accounts the client did not ask for, where it named one: they cannot pay. */
  readonly notAsked?: readonly string[];
  /** When the approval ends; `soon`: so soon that the page says at what time. */
  readonly until: Date | null;
  readonly soon?: boolean;
  /** What the bank charges the customer for one payment, in its currency: decimal text. */
  readonly fee: string;
  /** Whether the client already has a grant, which the payment is added to. */
  readonly adds: boolean;
  /** Whether the client learns who the customer is, and no other page says so. */
  readonly namesCustomer?: boolean;
  /** Whether the customer says which account pays; they do, unless told. */
  readonly picksAccount?: boolean;
}

const approving: Path = { pages: ['payment'], at: 0 };

/**
 * The page of one payment, or of payments to one payee within limits: how much, to whom, from where, when, at what cost
 * and on whose behalf. Nothing of it can be edited; the one choice is the account, made beforehand only where no other
 * can pay.
 */
export function renderPaymentPage(model: PaymentModel): string {
  return renderDocument(<PaymentPage {...model} />);
}

/** The accounts of a payment page as they stand there; those without a `reason` can pay. */
export function payingAccounts({ payment, accounts, notAsked = [], client, chosen = [] }: Pick<PaymentModel, 'payment' | 'accounts' | 'notAsked' | 'client' | 'chosen'>, t: Texts): readonly Choosable[] {
  const currency = plain(payment.amount?.currency);
  const all = accounts.map((account): Choosable => {
    const other = notAsked.includes(account.id) ? t.payment.otherAccount(isolate(client.name)) : undefined;
    const foreign = plain(account.balance?.currency) === currency ? undefined : t.payment.otherCurrency(ltr(currency, 3));
    return { account, reason: reasonOf(account, t.payment.cannotPay) ?? other ?? foreign };
  });
  const able = all.filter(({ reason }) => reason === undefined);
  return all.map((one) => ({ ...one, chosen: one.reason === undefined && (able.length === 1 || chosen.includes(one.account.id)) }));
}

function PaymentPage(model: PaymentModel) {
  const { frame, client, payment, device, path = approving, picksAccount = true } = model;
  const { locale } = frame;
  const t = textsOf(locale);
  const problem = model.problem === 'choose-account' ? (device ? t.device.choosePaying : t.payment.chooseOne) : undefined;
  const accounts = payingAccounts(model, t);
  const able = accounts.filter(({ reason }) => reason === undefined).length;
  const hint = able === 0 ? t.payment.noAccounts : able === 1 ? t.payment.onlyOne : t.payment.chooseHint;
  const money = ltr(moneyOf(payment, locale));
  const words = {
    title: payment.recurring ? t.payment.titleRecurring : t.payment.title,
    yes: payment.recurring ? t.payment.approveUpTo[payment.period ?? 'each'](money) : t.payment.approve(money),
    no: t.payment.deny,
    next: next(model, path, t),
    notExpecting: t.payment.notExpecting,
  };
  return (
    <AskingPage model={model} words={words} problems={problem ? [{ field: firstToChoose(accounts), text: problem }] : []} terms={<Limits {...model} />}>
      {device && <Who client={client} t={t} />}
      <Amount payment={payment} money={money} t={t} />
      {picksAccount && <AccountChoice pick="one" legend={t.payment.payFrom} hint={hint} accounts={accounts} problem={problem} locale={locale} t={t} />}
      <Section look="plain">
        <Facts rows={facts(model, t)} />
      </Section>
    </AskingPage>
  );
}

/** What the approval is good for, and what it leaves as it is. */
function Limits({ payment, client, adds, frame }: PaymentModel) {
  const t = textsOf(frame.locale);
  return (
    <>
      <p>{payment.recurring ? t.payment.onlyThese : t.payment.onlyThis}</p>
      {adds && (
        <p>
          <Words of={t.payment.staysAsItIs(isolate(client.name))} />
        </p>
      )}
    </>
  );
}

/** How much, to whom, into which account: the three facts a code for a payment is bound to. */
const Amount = ({ payment, money, t }: { payment: PaymentPresentation; money: string; t: Texts }) => (
  <Section look="sumtop">
    <p class="hint">{payment.recurring ? t.payment.upTo : t.payment.youPay}</p>
    <p class="money">
      <Words of={money} />
    </p>
    <p class="hint">{payment.recurring ? t.payment.onlyTo[payment.period ?? 'each'] : t.payment.to}</p>
    <p class="payee">
      <Name of={payment.payee?.name} />
    </p>
    <p class="hint number">
      <span class="vh">{t.payment.payeeAccount} </span>
      <Ltr of={formatAccountNumber(plain(payment.payee?.account))} />
    </p>
  </Section>
);

function facts(model: PaymentModel, t: Texts) {
  const { payment, client, frame, until } = model;
  const tpp = isolate(client.name);
  const date = until && isolate(end(until, model.soon, frame.locale));
  const [once, often] = [date ? t.payment.onceUntil(tpp, date) : t.payment.once(tpp), date ? t.payment.oftenUntil(tpp, date) : t.payment.often(tpp)];
  const fee = Number(model.fee) === 0 ? t.payment.noFee : ltr(formatMoney(plain(model.fee), plain(payment.amount?.currency), frame.locale));
  return [
    ...payment.terms.map(termAsSaid).map(({ term, value }) => ({ term: <Words of={term} />, value: <Words of={value} /> })),
    { term: t.payment.when, value: <Words of={payment.recurring ? often : once} /> },
    { term: t.payment.fee, value: <Words of={fee} /> },
    ...(model.namesCustomer ? [{ term: <Words of={t.payment.learns(tpp)} />, value: <Words of={t.clusters.identity.summary(tpp)} /> }] : []),
    ...(model.device ? [] : [{ term: t.payment.askedBy, value: <AskedBy {...model} /> }]),
    ...(payment.recurring ? [{ term: t.payment.howToStop, value: <Words of={t.consent.stopAny(isolate(frame.brand), tpp)} /> }] : []),
  ];
}

const end = (until: Date, soon: boolean | undefined, locale: Locale): string => (soon ? formatDeadline(until, locale) : formatDate(until, locale));

function AskedBy({ client, frame }: PaymentModel) {
  const t = textsOf(frame.locale);
  return (
    <>
      <Words of={client.legalName ? t.payment.company(isolate(client.name), isolate(client.legalName)) : isolate(client.name)} />
      {client.legalName && client.registerNumber && (
        <span class="hint block">
          <Words of={t.consent.registered(ltr(client.registerNumber))} />
        </span>
      )}
      {client.returnHost !== undefined && (
        <span class="hint block return">
          <Words of={t.consent.returnsTo(ltr(client.returnHost, 255))} />
        </span>
      )}
    </>
  );
}

/** What each answer leads to; who says no on one page of several says no to all. */
function next({ client, device }: PaymentModel, path: Path, t: Texts): string {
  const tpp = isolate(client.name);
  if (!isLast(path)) return t.payment.nextPayment(tpp);
  const both = path.pages.includes('data');
  if (device) return both ? t.device.next.both(tpp) : t.device.next.payment(tpp);
  return both ? t.payment.nextNeither(tpp) : t.payment.next(tpp);
}
