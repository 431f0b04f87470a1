import type { CustomerAccount } from '@assent/protocol';
import { Section } from '../components/parts.js';
import { Ltr, Name, Words } from '../components/words.js';
import { formatMoney } from '../format.js';
import { ltr, plain } from '../html/plain-text.js';
import type { Locale } from '../locale.js';
import type { Texts } from '../texts/index.js';

/** How one account stands on the page. */
export interface Choosable {
  readonly account: CustomerAccount;
  /** Why it cannot be chosen: a whole sentence. */
  readonly reason?: string | undefined;
  readonly chosen?: boolean;
}

interface AccountChoiceProps {
  /** Several accounts, or the one to pay from. */
  readonly pick: 'several' | 'one';
  readonly legend: string;
  readonly hint: string;
  readonly accounts: readonly Choosable[];
  readonly problem: string | undefined;
  readonly locale: Locale;
  readonly t: Texts;
}

/** Which accounts; one that cannot be chosen is shown, disabled, with the reason. */
export function AccountChoice({ pick, legend, hint, accounts, problem, locale, t }: AccountChoiceProps) {
  return (
    <Section look="plain">
      <fieldset class="stack" aria-describedby={problem ? 'account-hint account-error' : 'account-hint'}>
        <legend class="h2">{legend}</legend>
        <p class="hint" id="account-hint">
          {hint}
        </p>
        {problem && (
          <p class="error" id="account-error">
            {problem}
          </p>
        )}
        <div>
          {accounts.map((choosable, index) => (
            <Account {...choosable} type={pick === 'one' ? 'radio' : 'checkbox'} id={`account-${index}`} locale={locale} t={t} />
          ))}
        </div>
      </fieldset>
    </Section>
  );
}

/** The field an error summary leads to. */
export const firstToChoose = (accounts: readonly Choosable[]): string => `account-${Math.max(0, accounts.findIndex(({ reason }) => reason === undefined))}`;

/** The words for why an account cannot be shared (`t.unavailable`) or pay (`t.payment.cannotPay`). */
export const reasonOf = ({ unavailable }: CustomerAccount, reasons: Texts['unavailable']): string | undefined =>
  unavailable === undefined ? undefined : Object.hasOwn(reasons, unavailable) ? reasons[unavailable as keyof Texts['unavailable']] : reasons.unknown;

function Account({ account, reason, chosen = false, type, id, locale, t }: Choosable & { type: 'checkbox' | 'radio'; id: string; locale: Locale; t: Texts }) {
  const attributes = { name: 'account', value: plain(account.id, 255), checked: chosen, disabled: reason !== undefined, 'aria-describedby': reason && `${id}-why` };
  return (
    <label class="pick" for={id}>
      {type === 'radio' ? <input id={id} type="radio" {...attributes} /> : <input id={id} type="checkbox" {...attributes} />}
      <span>
        <strong>
          <Name of={account.name} />
        </strong>
        <span class="hint block">
          <Words of={t.consent.ending(ltr(`••${plain(account.maskedNumber, 8)}`))} />
        </span>
        {reason && (
          <span class="hint block why" id={`${id}-why`}>
            <Words of={reason} />
          </span>
        )}
      </span>
      {!reason && (
        <span class="amount">
          <span class="vh">{t.consent.balanceLabel} </span>
          <Ltr of={formatMoney(plain(account.balance?.amount), plain(account.balance?.currency), locale)} />
        </span>
      )}
    </label>
  );
}
