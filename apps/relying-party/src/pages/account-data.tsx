import { Card, Facts, formatMoney, Ltr, Name, Section } from '@assent/pages';
import type { Account, Amount, Received } from '../flow/received.js';

/** What the app has read so far, as its own screen would show it. Nothing, while it has read nothing. */
export function AccountData({ received, by }: { received: Received; by: string }) {
  const { accounts, balances, transactions, person } = received;
  if (!accounts && !person) return null;
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
