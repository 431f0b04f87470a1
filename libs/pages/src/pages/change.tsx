import { Badge, Facts, Note, Section, type Tone } from '../components/parts.js';
import { Words } from '../components/words.js';
import type { ChangeBadge, ChangeRow } from '../change-rows.js';
import { formatDate } from '../format.js';
import { isolate } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import { textsOf, type Texts } from '../texts/index.js';
import { AccountChoice, firstToChoose, reasonOf, type Choosable } from './account-choice.js';
import { Who, Why } from './asking-client.js';
import { AskingPage, isLast, onePage } from './asking-page.js';
import { endOf, howOften, type AskingModel } from './consent.js';

export interface ChangeModel extends AskingModel {
  /** What the change does, line by line. */
  readonly rows: readonly ChangeRow[];
  /** Since when the client has what it has, and whether that is data. */
  readonly since: Date;
  readonly sharesData: boolean;
  /** Whether data is shared before or after. */
  readonly aboutData: boolean;
  /** Accounts that are shared already: `kept` ones stay so whatever is chosen. */
  readonly shared: readonly string[];
  readonly kept: boolean;
  /** Whether accounts are chosen on this page. */
  readonly picksAccounts: boolean;
  /** When it ends; `soon`: so soon that the page says at what time. */
  readonly until: Date | null;
  readonly soon?: boolean;
  readonly offline: boolean;
  /** Whether the client may make payments already. */
  readonly pays: boolean;
  /** Whether it sees accounts afterwards, or something nobody described. */
  readonly seesAccounts: boolean;
}

const tones: Readonly<Record<ChangeBadge, Tone>> = { new: 'ok', longer: 'ok', shorter: 'info', stays: 'off', removed: 'bad' };

/**
 * The page of a merge or a replacement: what is new, what stays and what goes, none of it folded away. Who says no keeps
 * everything as it is.
 */
export function renderChangePage(model: ChangeModel): string {
  return renderDocument(<ChangePage {...model} />);
}

function ChangePage(model: ChangeModel) {
  const { frame, client, device, path = onePage } = model;
  const t = textsOf(frame.locale);
  const tpp = isolate(client.name);
  const problem = model.problem === 'choose-account' ? (device ? t.device.chooseAccount : t.change.chooseOne) : undefined;
  const accounts = model.accounts.map((account): Choosable => choosable(model, account, t));
  const words = {
    title: model.aboutData ? t.change.title(tpp) : t.change.titleOther(tpp),
    yes: device ? t.device.approve : t.change.allow,
    no: t.change.deny,
    cannot: cannot(model, t),
    next: isLast(path) ? (device ? t.device.next.change(tpp) : t.change.next(tpp)) : t.change.nextPayment(tpp),
    notExpecting: t.change.notExpecting,
  };
  const already = (
    <Note title={<Words of={model.sharesData ? t.change.alreadyData(tpp) : t.change.alreadyOther(tpp)} />}>
      <p>
        <Words of={t.change.since(isolate(formatDate(model.since, frame.locale)))} />
      </p>
    </Note>
  );
  return (
    <AskingPage model={model} words={words} problems={problem ? [{ field: firstToChoose(accounts), text: problem }] : []} above={already}>
      <Who client={client} t={t} />
      <Why client={client} t={t} />
      <Rows rows={model.rows} t={t} />
      {model.picksAccounts && <AccountChoice pick="several" legend={t.consent.whichAccounts} hint={hintOf(model, accounts, t)} accounts={accounts} problem={problem} locale={frame.locale} t={t} />}
      <Section look="plain">
        <Facts
          rows={[
            { term: t.consent.howLong, value: <Words of={endOf(model, frame.locale, t)} /> },
            { term: t.consent.howOften, value: <Words of={howOften(model, t)} /> },
            { term: t.consent.howToStop, value: <Words of={t.consent.stopAny(isolate(frame.brand), tpp)} /> },
          ]}
        />
      </Section>
    </AskingPage>
  );
}

const Rows = ({ rows, t }: { rows: readonly ChangeRow[]; t: Texts }) => (
  <Section>
    <h2>{t.change.whatChanges}</h2>
    <ul class="clusters">
      {rows.map(({ badge, title, says, items }) => (
        <li class="change">
          <Badge tone={tones[badge]}>{t.change.badges[badge]}</Badge>
          <div>
            <h3>
              <Words of={title} />
            </h3>
            {says.map((sentence) => (
              <p class="hint">
                <Words of={sentence} />
              </p>
            ))}
            {items.length > 0 && (
              <ul class="includes">
                {items.map((item) => (
                  <li>
                    <Words of={item} />
                  </li>
                ))}
              </ul>
            )}
          </div>
        </li>
      ))}
    </ul>
  </Section>
);

/** What is shared already is ticked; a merge takes nothing away, so there it cannot be unticked. */
function choosable({ shared, kept, chosen: chosenBefore }: ChangeModel, account: Choosable['account'], t: Texts): Choosable {
  const chosen = (kept ? [...shared, ...(chosenBefore ?? [])] : (chosenBefore ?? shared)).includes(account.id);
  if (shared.includes(account.id) && kept) return { account, chosen, reason: t.change.sharedAlready };
  const reason = reasonOf(account, t.unavailable);
  return { account, chosen: chosen && reason === undefined, reason };
}

function hintOf({ shared, kept }: ChangeModel, accounts: readonly Choosable[], t: Texts): string {
  if (shared.length === 0) return accounts.some(({ reason }) => reason === undefined) ? t.consent.chooseHint : t.consent.noAccounts;
  return kept ? t.change.addAccounts : t.change.keepAccounts;
}

function cannot({ client, path = onePage, pays, seesAccounts }: ChangeModel, t: Texts): string {
  const tpp = isolate(client.name);
  if (!isLast(path)) return t.consent.cannotBeforePayment(tpp);
  if (pays) return t.change.cannotMore(tpp);
  return seesAccounts ? t.consent.cannot(tpp) : t.consent.cannotIdentity(tpp);
}
