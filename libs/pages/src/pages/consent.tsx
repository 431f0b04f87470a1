import type { DataPresentation } from '@assent/authorization-details';
import type { CustomerAccount } from '@assent/protocol';
import type { Cluster } from '../clusters.js';
import type { Frame } from '../components/layout.js';
import { Facts, Section } from '../components/parts.js';
import type { Path } from '../components/progress.js';
import { Words } from '../components/words.js';
import { explainAll, ofAccounts, termsOfDetails } from '../data.js';
import { formatDate, formatDeadline } from '../format.js';
import { isolate } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import type { SafeUrl } from '../html/safe-url.js';
import type { Locale } from '../locale.js';
import { textsOf, type Texts } from '../texts/index.js';
import { AccountChoice, firstToChoose, reasonOf, type Choosable } from './account-choice.js';
import { Who, Why, type AskingClient } from './asking-client.js';
import { AskingPage, isLast, onePage } from './asking-page.js';
import { Clusters } from './consent-clusters.js';
import type { DeviceAsking } from './device-code.js';

/** What every page that asks for an answer has. */
export interface AskingModel {
  readonly frame: Frame;
  readonly client: AskingClient;
  readonly signedInAs: string;
  /** One page that asks for data, unless told. */
  readonly path?: Path;
  /** Every account of the customer, also those that cannot be chosen. Not read where none is asked for. */
  readonly accounts: readonly CustomerAccount[];
  readonly action: SafeUrl;
  readonly cancel: SafeUrl;
  readonly hidden: Readonly<Record<string, string>>;
  readonly problem?: 'choose-account' | undefined;
  /** Accounts that were chosen before something else was found wrong. */
  readonly chosen?: readonly string[] | undefined;
  /** Where the request came by the back channel, and this is the device its customer decides on. */
  readonly device?: DeviceAsking | undefined;
}

export interface ConsentModel extends AskingModel {
  readonly clusters: readonly Cluster[];
  /** Authorization details that open data, in words of the page's language. */
  readonly details?: readonly DataPresentation[];
  /** When it ends; `soon`: so soon that the page says at what time. */
  readonly until: Date | null;
  readonly soon?: boolean;
  /** Whether the client may fetch data while the customer is away (`offline_access`). */
  readonly offline: boolean;
}

/**
 * The consent page: who, why, what, which accounts, how long, how often, how to stop; then two equal answers.
 * Nothing is chosen beforehand. Without account clusters it only asks to share who the customer is. Payments are
 * asked for on pages of their own, after this one.
 */
export function renderConsentPage(model: ConsentModel): string {
  return renderDocument(<ConsentPage {...model} />);
}

function ConsentPage(model: ConsentModel) {
  const { frame, client, device, path = onePage } = model;
  const t = textsOf(frame.locale);
  const tpp = isolate(client.name);
  const data = { clusters: model.clusters, details: model.details ?? [] };
  const withAccounts = ofAccounts(data);
  const title = withAccounts ? t.consent.titleAccounts(tpp) : t.consent.titleIdentity(tpp);
  const problem = model.problem === 'choose-account' ? (device ? t.device.chooseAccount : t.consent.chooseOne) : undefined;
  const accounts = model.accounts.map((account): Choosable => ({ account, reason: reasonOf(account, t.unavailable), chosen: model.chosen?.includes(account.id) ?? false }));
  const some = accounts.some(({ reason }) => reason === undefined);
  const words = {
    title,
    yes: device ? t.device.approve : t.consent.allow,
    no: t.consent.deny,
    cannot: cannot(model, withAccounts, t),
    next: isLast(path) ? (device ? t.device.next.data(tpp) : t.consent.next(tpp)) : t.consent.nextPayment(tpp),
    notExpecting: t.consent.notExpecting,
  };
  return (
    <AskingPage model={model} words={words} problems={problem ? [{ field: firstToChoose(accounts), text: problem }] : []}>
      <Who client={client} t={t} />
      <Why client={client} t={t} />
      <Clusters clusters={explainAll(data, { tpp, bank: isolate(frame.brand), t })} tpp={tpp} t={t} />
      {withAccounts && <AccountChoice pick="several" legend={t.consent.whichAccounts} hint={some ? t.consent.chooseHint : t.consent.noAccounts} accounts={accounts} problem={problem} locale={frame.locale} t={t} />}
      <Section look="plain">
        <Facts rows={terms(model, t)} />
      </Section>
    </AskingPage>
  );
}

/** How long, as a sentence. */
export const endOf = ({ until, soon }: Pick<ConsentModel, 'until' | 'soon'>, locale: Locale, t: Texts): string => (until ? t.consent.until(isolate((soon ? formatDeadline : formatDate)(until, locale))) : t.consent.noEnd);

/** Whether also when the customer is away. */
export function howOften({ client, offline, device }: Pick<ConsentModel, 'client' | 'offline' | 'device'>, t: Texts): string {
  const tpp = isolate(client.name);
  if (offline) return t.consent.alsoWhenAway(tpp);
  return device ? t.device.onlyOnce : t.consent.onlyWhenPresent(tpp);
}

/** What the client cannot do. A permission nobody described may be anything: then it says nothing of accounts. */
function cannot({ client, clusters, path = onePage }: ConsentModel, withAccounts: boolean, t: Texts): string {
  const tpp = isolate(client.name);
  if (!isLast(path)) return t.consent.cannotBeforePayment(tpp);
  return !withAccounts && clusters.every(({ id }) => id !== 'other') ? t.consent.cannotIdentity(tpp) : t.consent.cannot(tpp);
}

function terms(model: ConsentModel, t: Texts) {
  const tpp = isolate(model.client.name);
  return [
    ...termsOfDetails({ clusters: model.clusters, details: model.details ?? [] }).map(({ term, value }) => ({ term: <Words of={term} />, value: <Words of={value} /> })),
    { term: t.consent.howLong, value: <Words of={endOf(model, model.frame.locale, t)} /> },
    { term: t.consent.howOften, value: <Words of={howOften(model, t)} /> },
    { term: t.consent.howToStop, value: <Words of={t.consent.stopAny(isolate(model.frame.brand), tpp)} /> },
  ];
}
