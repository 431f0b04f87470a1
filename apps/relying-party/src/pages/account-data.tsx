import { Card, Facts, formatMoney, Ltr, Name, Section } from '@assent/pages';
import type { Account, Amount, Grant, Received } from '../flow/received.js';

/** What the app has read so far, as its own screen would show it. Nothing, while it has read nothing. */
export function AccountData({ received, by }: { received: Received; by: string }) {
  const { accounts, balances, transactions, person, grant, payment } = received;
  if (!accounts && !person && !grant && !payment) return null;
  return (
    <section id="data" aria-label={`What ${by} sees`}>
      <Card>
        {accounts && (
          <Section>
            <h2>
              What <Name of={by} /> sees
            </h2>
            <Accounts accounts={accounts} balances={balances} />
          </Section>
        )}
        {transactions && transactions.latest.length > 0 && (
          <Section>
            <Transactions of={transactions} />
          </Section>
        )}
        {payment && (
          <Section>
            <h2>The payment</h2>
            <Facts rows={[{ term: 'Status', value: <Name of={payment.status} /> }, { term: 'Its number at the bank', value: <Ltr of={payment.paymentId} /> }]} />
          </Section>
        )}
        {grant && (
          <Section>
            <h2>The grant, as its API tells it</h2>
            <Facts rows={grantRows(grant)} />
          </Section>
        )}
        {person && (
          <Section>
            <h2>Who the customer is</h2>
            <Facts rows={person.map(([claim, value]) => ({ term: claim, value: <Name of={value} /> }))} />
          </Section>
        )}
      </Card>
    </section>
  );
}

/** Only what there is: every member of the answer is optional. */
function grantRows({ status, scopes = [], authorization_details: details = [], created_at: created, last_updated: updated, updated_by: by, expires_at: ends }: Grant) {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Status', status],
    ['Scopes', scopes.map(({ scope }) => scope).join(' ') || undefined],
    ['In detail', details.map(({ type, actions }) => [type, ...(Array.isArray(actions) ? [`(${actions.join(', ')})`] : [])].join(' ')).join('; ') || undefined],
    ['Since', timeOf(created)],
    ['Last changed', updated === undefined ? undefined : `${timeOf(updated)}${by === undefined ? '' : `, by the ${by.replace('_', ' ')}`}`],
    ['Until', timeOf(ends)],
  ];
  return rows.flatMap(([term, value]) => (value === undefined ? [] : [{ term, value: <Name of={value} max={600} /> }]));
}

const timeOf = (seconds: number | undefined): string | undefined => (seconds === undefined ? undefined : new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 16));

function Accounts({ accounts, balances }: { accounts: readonly Account[]; balances: Received['balances'] }) {
  return (
    <table class="data">
      <caption class="vh">Accounts</caption>
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col">Number</th>
          <th scope="col" class="num">
            Balance
          </th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <tr>
            <th scope="row">
              <Name of={account.name} />
            </th>
            <td class="nowrap">
              <Ltr of={account.identification.masked} />
            </td>
            <td class="num">{balances?.has(account.accountId) ? <Money of={balances.get(account.accountId) as Amount} /> : <span class="hint">not read</span>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Transactions({ of: { account, latest } }: { of: NonNullable<Received['transactions']> }) {
  return (
    <>
      <h3>
        Latest transactions of <Name of={account.name} />
      </h3>
      <table class="data">
        <caption class="vh">Latest transactions</caption>
        <thead>
          <tr>
            <th scope="col">Date</th>
            <th scope="col">What for</th>
            <th scope="col" class="num">
              Amount
            </th>
          </tr>
        </thead>
        <tbody>
          {latest.map(({ bookingDate, description, counterparty, amount }) => (
            <tr>
              <td class="nowrap">
                <Ltr of={bookingDate} />
              </td>
              <td>
                <Name of={counterparty.name} /> <span class="hint"><Name of={description} /></span>
              </td>
              <td class="num">
                <Money of={amount} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

const Money = ({ of: { amount, currency } }: { of: Amount }) => <Ltr of={formatMoney(amount, currency, 'en')} />;
