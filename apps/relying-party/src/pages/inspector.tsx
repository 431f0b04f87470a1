import { Badge, Card, CodeBlock, Disclosure, Link, Note, PostForm, Section, Submit, renderDocument, SafeUrl, type Tone } from '@assent/pages';
import type { ActionName } from '../flow/actions.js';
import type { BrowserSession } from '../flow/session.js';
import type { Exchange, Pair, Verdict } from '../inspector/exchange.js';
import { misbehaviours } from '../misbehaviour/misbehaviours.js';
import { DemoPage } from './frame.js';

export interface InspectorModel {
  readonly bank: string;
  readonly session: BrowserSession;
  readonly notice: string | undefined;
  /** Whether the demo has a second client to play the thief. */
  readonly others: boolean;
}

/** What the app can do now, and every exchange of the flow, newest first. */
export function renderInspector(model: InspectorModel): string {
  const { session, notice } = model;
  const { flow } = session;
  const name = flow?.client.metadata.client_name ?? 'The app';
  const title = flow?.tokens ? `${name} has access` : `${name} has no access`;
  return renderDocument(
    <DemoPage title={title}>
      <div class="gap">
        <h1>{title}</h1>
        {notice !== undefined && (
          <Note tone="warn" title="The last step ended with a refusal">
            <p>{String(notice)}</p>
          </Note>
        )}
        <div class="cols inspector">
          <div class="gap">{flow?.tokens ? <Menus {...model} /> : <Nothing />}</div>
          <Exchanges exchanges={session.exchanges} />
        </div>
      </div>
    </DemoPage>,
  );
}

function Nothing() {
  return (
    <Card>
      <Section>
        <p>Nothing is shared with this app. The timeline shows what happened.</p>
        <p>
          <Link to={SafeUrl.of('/start')} kind="yes">
            Start a flow
          </Link>
        </p>
      </Section>
    </Card>
  );
}

const labels: Readonly<Record<ActionName, string>> = {
  accounts: 'Read accounts',
  balances: 'Read balances',
  transactions: 'Read transactions',
  userinfo: 'Ask who the customer is',
  refresh: 'Refresh the token',
  revoke: 'Stop: revoke access',
};

function Menus({ session, others }: InspectorModel) {
  const { flow, csrf } = session;
  if (!flow?.tokens) return null;
  const identity = flow.scope.split(' ').includes('openid');
  const offered = (Object.keys(labels) as ActionName[]).filter((action) => (action === 'userinfo' ? identity : action === 'refresh' ? flow.tokens?.refresh_token !== undefined : true));
  const possible = misbehaviours.filter((misbehaviour) => misbehaviour.possible(flow.client) && (others || !needsAnother.has(misbehaviour.name)));
  return (
    <>
      <Card>
        <Section>
          <h2>Use the access</h2>
          <PostForm to={SafeUrl.of('/act')} hidden={{ csrf }} class="buttons">
            {offered.map((action) => (
              <Submit id={`act-${action}`} kind={action === 'revoke' ? 'stop' : 'line'} name="action" value={action}>
                {labels[action]}
              </Submit>
            ))}
          </PostForm>
        </Section>
      </Card>
      <Card>
        <Section>
          <h2>Break it</h2>
          <p class="hint">Each of these is really sent. All of them must be refused.</p>
          <PostForm to={SafeUrl.of('/break')} hidden={{ csrf }} class="breaks">
            {possible.map((misbehaviour) => (
              <div class="break">
                <div>
                  <strong>{misbehaviour.title}</strong>
                  <p class="hint">{misbehaviour.explains}</p>
                  <p class="hint">
                    Attacker {misbehaviour.attacker} · {misbehaviour.attack} · {misbehaviour.clause}
                  </p>
                </div>
                <Submit id={`break-${misbehaviour.name}`} kind="line" name="name" value={misbehaviour.name}>
                  Try<span class="vh">: {misbehaviour.title}</span>
                </Submit>
              </div>
            ))}
          </PostForm>
        </Section>
      </Card>
    </>
  );
}

const needsAnother = new Set(['other-certificate', 'foreign-refresh', 'altered-request']);

const verdicts: Readonly<Record<Verdict, readonly [Tone, string]>> = {
  fine: ['off', 'Answered'],
  'refused-as-it-should': ['ok', 'Refused, as it must be'],
  'let-through': ['bad', 'Let through!'],
  unexpected: ['warn', 'Refused'],
};

function Exchanges({ exchanges }: { exchanges: readonly Exchange[] }) {
  const newestFirst = exchanges.map((exchange, index) => ({ exchange, number: index + 1 })).reverse();
  return (
    <section aria-label="Timeline">
      <ol class="time" reversed>
        {newestFirst.map(({ exchange, number }) => (
          <li id={`exchange-${number}`}>
            <One exchange={exchange} number={number} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function One({ exchange, number }: { exchange: Exchange; number: number }) {
  const [tone, word] = verdicts[exchange.verdict];
  return (
    <div class="exchange">
      <h2 class="h3">
        {number}. {exchange.step}
      </h2>
      <p>
        <code>{exchange.method}</code> <code class="url">{exchange.url}</code>
      </p>
      <p class="hint">
        <Badge tone={tone}>{word}</Badge> {exchange.ms === 0 ? 'in the browser' : `${exchange.status} in ${Math.round(exchange.ms)} ms`}
        {exchange.clause && ` · ${exchange.clause}`}
      </p>
      {exchange.why && <p>{exchange.why}</p>}
      <Parts exchange={exchange} number={number} />
    </div>
  );
}

function Parts({ exchange, number }: { exchange: Exchange; number: number }) {
  const request = [...(exchange.certificate ? [['TLS', 'client certificate presented'] as const] : []), ...exchange.requestHeaders];
  if (request.length + exchange.parameters.length + exchange.responseHeaders.length + exchange.responseBody.length === 0) return null;
  return (
    <>
      {(request.length > 0 || exchange.parameters.length > 0) && (
        <Disclosure summary="Request">
          {request.length > 0 && <CodeBlock label={`Request headers of exchange ${number}`} text={lines(request, ': ')} />}
          {exchange.parameters.length > 0 && <CodeBlock label={`Parameters of exchange ${number}`} text={lines(exchange.parameters, '=')} />}
        </Disclosure>
      )}
      <Disclosure summary="Response">
        {exchange.responseHeaders.length > 0 && <CodeBlock label={`Response headers of exchange ${number}`} text={lines(exchange.responseHeaders, ': ')} />}
        {exchange.responseBody && <CodeBlock label={`Response body of exchange ${number}`} text={exchange.responseBody} />}
      </Disclosure>
      {exchange.jwts.map(({ where, header, claims }) => (
        <Disclosure summary={`Decoded: ${where}`}>
          <CodeBlock label={`${where} of exchange ${number}`} text={JSON.stringify({ header, claims }, undefined, 2)} />
        </Disclosure>
      ))}
    </>
  );
}

const lines = (pairs: readonly Pair[], between: string): string => pairs.map(([name, value]) => `${name}${between}${value}`).join('\n');
