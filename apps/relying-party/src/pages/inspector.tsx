import { Card, Section, renderDocument } from '@assent/pages';
import type { DemoClient } from '../client/demo-client.js';
import type { OpenFlow } from '../flow/actions.js';
import type { Notice } from '../flow/refusal.js';
import type { BrowserSession, Flow } from '../flow/session.js';
import { AccountData } from './account-data.js';
import { Exchanges } from './exchanges.js';
import { DemoPage } from './frame.js';
import { GrantMenu } from './grant-menu.js';
import { BreakMenu, StartAgain, UseMenu } from './menus.js';
import { Told } from './told.js';

export interface InspectorModel {
  readonly session: BrowserSession;
  readonly notice: Notice | undefined;
  readonly clients: readonly DemoClient[];
}

/** What the app has read, what it can do now, and every exchange of the flow, newest first. */
export function renderInspector({ session, notice, clients }: InspectorModel): string {
  const { flow, timeline } = session;
  const title = titleOf(flow);
  return renderDocument(
    <DemoPage title={title} current="/session">
      <div class="gap">
        <h1>{title}</h1>
        {notice && <Told notice={notice} />}
        {flow && <AccountData received={flow.received} by={flow.client.metadata.client_name} />}
        <div class="cols inspector">
          <div class="gap">{flow?.tokens ? <Menus session={session} flow={flow as OpenFlow} clients={clients} /> : <NoAccess waiting={flow?.pending !== undefined} />}</div>
          <Exchanges newestFirst={timeline.newestFirst} />
        </div>
      </div>
    </DemoPage>,
  );
}

function titleOf(flow: Flow | undefined): string {
  const name = String(flow?.client.metadata.client_name ?? 'The app');
  if (flow?.ended) return `${name} has lost its access`;
  if (flow?.tokens && flow.pending) return `${name} has access, and asks for a change`;
  if (flow?.tokens) return `${name} has access`;
  return flow?.pending ? `${name} waits for an answer` : `${name} has no access`;
}

const Menus = ({ session, flow, clients }: { session: BrowserSession; flow: OpenFlow; clients: readonly DemoClient[] }) => (
  <>
    <UseMenu flow={flow} csrf={session.csrf} />
    <GrantMenu flow={flow} csrf={session.csrf} />
    <BreakMenu flow={flow} csrf={session.csrf} clients={clients} open={session.misbehaving ?? false} />
  </>
);

const NoAccess = ({ waiting }: { waiting: boolean }) => (
  <Card>
    <Section>
      <p>{waiting ? 'The browser was sent to the bank. Its answer has not come yet.' : 'Nothing is shared with this app. The timeline shows what happened.'}</p>
      <StartAgain />
    </Section>
  </Card>
);
