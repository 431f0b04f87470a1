import type { CustomerAccount } from '@assent/protocol';
import { Section } from '../components/parts.js';
import { Ltr, Name, Words } from '../components/words.js';
import { formatMoney } from '../format.js';
import { ltr, plain } from '../html/plain-text.js';
import type { Locale } from '../locale.js';
import type { Texts } from '../texts/index.js';

interface AccountsProps {
  readonly accounts: readonly CustomerAccount[];
  readonly locale: Locale;
  readonly t: Texts;
  readonly problem: string | undefined;
}

/** Which accounts: none is chosen beforehand; one that cannot be shared is shown, disabled, with the reason. */
export function Accounts({ accounts, locale, t, problem }: AccountsProps) {
  const some = accounts.some(({ unavailable }) => unavailable === undefined);
  return (
    <Section look="plain">
      <fieldset class="stack" aria-describedby={problem ? 'account-hint account-error' : 'account-hint'}>
        <legend class="h2">{t.consent.whichAccounts}</legend>
        <p class="hint" id="account-hint">
          {some ? t.consent.chooseHint : t.consent.noAccounts}
        </p>
        {problem && (
          <p class="error" id="account-error">
            {problem}
          </p>
        )}
        <div>
          {accounts.map((account, index) => (
            <Account account={account} id={`account-${index}`} locale={locale} t={t} />
          ))}
        </div>
      </fieldset>
    </Section>
  );
}

function Account({ account, id, locale, t }: { account: CustomerAccount; id: string; locale: Locale; t: Texts }) {
  const reason = account.unavailable === undefined ? undefined : reasonText(account.unavailable, t);
  return (
    <label class="pick" for={id}>
      <input id={id} type="checkbox" name="account" value={plain(account.id, 255)} disabled={reason !== undefined} aria-describedby={reason && `${id}-why`} />
      <span>
        <strong>
          <Name of={account.name} />
        </strong>
        <span class="hint block">
          <Words of={t.consent.ending(ltr(`••${plain(account.maskedNumber, 8)}`))} />
        </span>
        {reason && (
          <span class="hint block why" id={`${id}-why`}>
            {reason}
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

const reasonText = (key: string, t: Texts): string => (Object.hasOwn(t.unavailable, key) ? t.unavailable[key as keyof Texts['unavailable']] : t.unavailable.unknown);
