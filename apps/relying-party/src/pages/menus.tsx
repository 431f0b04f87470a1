import { Card, Disclosure, Link, PostForm, SafeUrl, Section, Submit } from '@assent/pages';
import type { DemoClient } from '../client/demo-client.js';
import { isOffered, onGrant, opened, type ActionName, type OpenFlow } from '../flow/actions.js';
import { approvedPayment } from '../flow/payment.js';
import { isPossible, menu } from '../misbehaviour/menu.js';
import { bound, type Misbehaviour } from '../misbehaviour/misbehaviour.js';

const labels: Readonly<Record<ActionName, string>> = {
  accounts: 'Read accounts',
  balances: 'Read balances',
  transactions: 'Read transactions',
  userinfo: 'Ask who the customer is',
  pay: 'Pay',
  'pay-again': 'Pay the same again',
  'payment-status': 'Ask how the payment is',
  refresh: 'Refresh the token',
  revoke: 'Stop: revoke access',
  'grant-read': 'Read the grant',
  'grant-revoke': 'Revoke the grant',
  'older-refresh': 'Use the refresh token from before',
  'older-access': 'Use the access token from before',
};

export const Actions = ({ names, csrf }: { names: readonly ActionName[]; csrf: string }) => (
  <PostForm to={SafeUrl.of('/act')} hidden={{ csrf }} class="buttons">
    {names.map((action) => (
      <Submit id={`act-${action}`} kind={action === 'revoke' || action === 'grant-revoke' ? 'stop' : 'line'} name="action" value={action}>
        {labels[action]}
      </Submit>
    ))}
  </PostForm>
);

/** What the app can do with its tokens. */
export function UseMenu({ flow, csrf }: { flow: OpenFlow; csrf: string }) {
  const offered = (Object.keys(labels) as ActionName[]).filter((action) => !onGrant.includes(action) && isOffered(action, flow));
  return (
    <Card>
      <Section>
        <h2>{flow.ended ? 'Try it all the same' : 'Use the access'}</h2>
        <p class="hint">{flow.ended ? endings[flow.ended] : terms(flow)}</p>
        <Actions names={offered} csrf={csrf} />
        {flow.ended && <StartAgain />}
      </Section>
    </Card>
  );
}

const endings: Readonly<Record<NonNullable<OpenFlow['ended']>, string>> = {
  revoked: 'The app gave its access back. From now on the bank must refuse its tokens.',
  'grant-revoked': 'The app ended the grant itself. From now on the bank must refuse every token that stood on it.',
  reused: 'Its code was used a second time, so the bank revoked the tokens that came from it.',
};

/** `Its token opens accounts and balances, and works only with its own DPoP key.` */
function terms(flow: OpenFlow): string {
  const opens = [...opened(flow), ...(approvedPayment(flow) ? ['what was approved to be paid'] : [])];
  const works = bound(flow) ? `works only with the app’s own ${flow.dpop ? 'DPoP key' : 'TLS certificate'}` : 'works for whoever holds it, for a short time: it is a bearer token';
  return `The token opens ${new Intl.ListFormat('en-GB').format(opens) || 'no accounts'}, and ${works}.`;
}

export function StartAgain() {
  return (
    <p>
      <Link to={SafeUrl.of('/start')} kind="yes">
        Start a flow
      </Link>
    </p>
  );
}

/** What no honest app does. Closed at first: it is long. */
export function BreakMenu({ flow, csrf, clients, open }: { flow: OpenFlow; csrf: string; clients: readonly DemoClient[]; open: boolean }) {
  const groups = menu.map(({ title, entries }) => ({ title, entries: entries.filter((entry) => isPossible(entry, flow, clients)) })).filter(({ entries }) => entries.length > 0);
  const count = groups.reduce((sum, { entries }) => sum + entries.length, 0);
  if (count === 0) return null;
  return (
    <Card>
      <Section>
        <h2>Break it</h2>
        <p class="hint">Each of these is really sent. The bank must refuse all of them.</p>
        <Disclosure summary={`Show the ${count} attacks`} open={open}>
          <PostForm to={SafeUrl.of('/break')} hidden={{ csrf }} class="breaks">
            {groups.map(({ title, entries }) => (
              <>
                <h3>{title}</h3>
                {entries.map((entry) => (
                  <Attack entry={entry} />
                ))}
              </>
            ))}
          </PostForm>
        </Disclosure>
      </Section>
    </Card>
  );
}

function Attack({ entry }: { entry: Misbehaviour }) {
  return (
    <div class="break">
      <div>
        <strong>{entry.title}</strong>
        <p class="hint">{entry.explains}</p>
        <p class="hint">
          Attacker {entry.attacker} · {entry.attack} · {entry.clause}
        </p>
      </div>
      <Submit id={`break-${entry.name}`} kind="line" name="name" value={entry.name}>
        Try<span class="vh">: {entry.title}</span>
      </Submit>
    </div>
  );
}
