import { Card, Field, Link, PostForm, Section, Submit, renderDocument, SafeUrl } from '@assent/pages';
import type { DemoClient } from '../client/demo-client.js';
import type { Notice } from '../flow/refusal.js';
import type { Till, TillState } from '../flow/till.js';
import type { Timeline } from '../inspector/timeline.js';
import { Exchanges } from './exchanges.js';
import { DemoPage } from './frame.js';
import { Told } from './told.js';

export interface TillModel {
  readonly bank: string;
  readonly csrf: string;
  readonly notice: Notice | undefined;
  readonly clients: readonly Pick<DemoClient, 'metadata' | 'issuerName'>[];
  /** Where the bank's notifications arrive here. */
  readonly notifications: string;
  /** The user ID to begin with. */
  readonly customer: string;
}

const amount = '£84.20';

/** A shop that is about to be paid. */
export function renderTill({ bank, csrf, notice, clients, notifications, customer }: TillModel): string {
  return renderDocument(
    <DemoPage title="Pay at the till" current="/till" narrow>
      <PostForm to={SafeUrl.of('/till/ask')} hidden={{ csrf }} class="gap">
        <h1>Pay at the till</h1>
        <p class="lead">The shop asks {bank} for {amount}. The customer approves on their own device, and never types anything into the shop’s.</p>
        {notice && <Told notice={notice} />}
        <Card>
          {clients.length === 0 ? (
            <Section>
              <p>No app of this demo is registered for requests by the back channel.</p>
            </Section>
          ) : (
            <>
              <Section look="plain">
                <fieldset class="stack">
                  <legend class="h2">Which shop?</legend>
                  <p class="hint">Each is registered at {bank} with another way to learn of the decision.</p>
                  <div>
                    {clients.map((client, index) => (
                      <Shop client={client} notifications={notifications} checked={index === 0} />
                    ))}
                  </div>
                </fieldset>
              </Section>
              <Section look="plain">
                <Field id="customer" name="customer" label={`Who pays? (user ID at ${bank})`} value={customer} autocomplete="off" />
              </Section>
              <Section>
                <p>Have a second browser ready, or a private window: it plays the customer’s phone.</p>
                <Submit id="ask" kind="yes">
                  Ask for {amount}
                </Submit>
              </Section>
            </>
          )}
        </Card>
      </PostForm>
    </DemoPage>,
  );
}

function Shop({ client: { metadata, issuerName }, notifications, checked }: { client: TillModel['clients'][number]; notifications: string; checked: boolean }) {
  const id = `client-${metadata.client_id}`;
  const learns = metadata.backchannel_client_notification_endpoint === notifications ? 'Is told by the bank (ping), then fetches the answer.' : metadata.backchannel_token_delivery_mode === 'ping' ? 'Is told by the bank elsewhere (ping); at this till it asks every few seconds (poll).' : 'Asks the bank every few seconds (poll).';
  return (
    <label class="pick" for={id}>
      <input type="radio" id={id} name="client" value={metadata.client_id} checked={checked} />
      <span>
        <strong>
          <bdi>{String(metadata.client_name)}</bdi>
        </strong>
        <span class="hint">
          {learns} Issuer: {issuerName}.
        </span>
      </span>
    </label>
  );
}

export interface ScreenModel {
  readonly bank: string;
  readonly till: Till;
  readonly notice: Notice | undefined;
  readonly timeline: Timeline;
}

const titles: Readonly<Record<TillState, string>> = {
  waiting: 'Please approve on your phone',
  paid: 'Paid. Thank you!',
  denied: 'Not paid',
  expired: 'Not paid',
  failed: 'Not paid',
};

/** What stands on the shop's screen, and beside it what the shop and the bank said to each other. */
export function renderScreen({ bank, till, notice, timeline }: ScreenModel): string {
  const { client } = till.flow;
  const title = titles[till.state];
  return renderDocument(
    <DemoPage title={title} current="/till">
      <div class="gap">
        {notice && <Told notice={notice} />}
        <div class="cols inspector">
          <div class="gap">
            <Card>
              <Section look="sumtop">
                <p class="hint">
                  <bdi>{String(client.metadata.client_name)}</bdi>
                </p>
                <h1>{title}</h1>
                <p class="money">{amount}</p>
                {till.state === 'waiting' ? <Waiting bank={bank} till={till} /> : <p role="status">{endings[till.state](bank, till)}</p>}
              </Section>
              {till.state === 'waiting' ? <OnPhone bank={bank} issuer={client.issuer} /> : <Next paid={till.state === 'paid'} />}
            </Card>
          </div>
          <Exchanges newestFirst={timeline.newestFirst} />
        </div>
      </div>
    </DemoPage>,
  );
}

const Waiting = ({ bank, till }: { bank: string; till: Till }) => (
  <>
    <p class="hint">{bank} must show you this code</p>
    <p class="match" id="code">
      {String(till.code)}
    </p>
    <p class="hint" role="status">
      Waiting for your answer.
    </p>
  </>
);

const endings: Readonly<Record<Exclude<TillState, 'waiting'>, (bank: string, till: Till) => string>> = {
  paid: (bank) => `${bank} has taken the payment.`,
  denied: (bank) => `${bank} says that the customer said no.`,
  expired: () => 'Nobody answered in time. Nothing was paid.',
  failed: (_bank, { problem }) => String(problem ?? 'Nothing was paid.'),
};

const OnPhone = ({ bank, issuer }: { bank: string; issuer: string }) => (
  <Section>
    <p>
      On the other device, sign in at {bank} and approve if the codes are the same. Do not approve a code you do not see here.
    </p>
    <p class="buttons">
      <Link to={SafeUrl.of(`${issuer}/device`)} id="device" kind="line">
        Open {bank}’s page
      </Link>
      <Link to={SafeUrl.of('/till/screen')} id="look" kind="line">
        Look again
      </Link>
    </p>
    <p class="hint">This screen looks again by itself.</p>
  </Section>
);

const Next = ({ paid }: { paid: boolean }) => (
  <Section>
    <p class="buttons">
      <Link to={SafeUrl.of('/till')} id="again" kind="yes">
        {paid ? 'Next customer' : 'Ask again'}
      </Link>
      {paid && (
        <Link to={SafeUrl.of('/session')} id="inspect" kind="line">
          Open the inspector
        </Link>
      )}
    </p>
  </Section>
);
