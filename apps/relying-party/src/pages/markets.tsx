import { Badge, Card, PostForm, Section, Submit, renderDocument, SafeUrl } from '@assent/pages';
import type { Notice } from '../flow/refusal.js';
import type { Timeline } from '../inspector/timeline.js';
import type { MarketIssuer, MarketVisit, ToldStep } from '../market/visit.js';
import { Exchanges } from './exchanges.js';
import { DemoPage } from './frame.js';
import { Told } from './told.js';

export interface MarketsModel {
  readonly bank: string;
  readonly csrf: string;
  readonly notice: Notice | undefined;
  readonly issuers: readonly { readonly issuer: MarketIssuer; readonly joined: boolean }[];
}

/** Choose a market and what to do in it. */
export function renderMarkets({ bank, csrf, notice, issuers }: MarketsModel): string {
  return renderDocument(
    <DemoPage title="Join a market" current="/markets" narrow>
      <PostForm to={SafeUrl.of('/markets/begin')} hidden={{ csrf }} class="gap">
        <h1>Join a market</h1>
        <p class="lead">
          {bank} speaks the open-banking rules of several countries. The app joins each one as its rules want it: through the directory, with certificates and a software statement. Then it asks you.
        </p>
        {notice && <Told notice={notice} />}
        <Card>
          {issuers.length === 0 ? (
            <Section>
              <p>No issuer of this configuration belongs to a market.</p>
            </Section>
          ) : (
            issuers.map((each) => <Entry {...each} />)
          )}
        </Card>
      </PostForm>
    </DemoPage>,
  );
}

function Entry({ issuer, joined }: MarketsModel['issuers'][number]) {
  const { market, name } = issuer;
  const { onboarding, maturity, journeys = [] } = market;
  return (
    <Section>
      <h2 id={`market-${name}`} class="h3">
        {market.title}
      </h2>
      {(maturity === 'experimental' || joined) && (
        <p>
          {maturity === 'experimental' && <Badge tone="warn">Experimental</Badge>} {joined && <Badge tone="ok">Joined</Badge>}
        </p>
      )}
      {onboarding.kind !== 'configured' && <p class="hint">How apps join: {midSentence(onboarding.dialect.says)}.</p>}
      <div class="breaks">
        {journeys.map((journey) => (
          <div class="break">
            <p>{journey.says}</p>
            <Submit id={`${name}-${journey.name}`} kind="line" name="journey" value={`${name}/${journey.name}`}>
              {verbs[journey.name] ?? spoken(journey.name)}
              <span class="vh"> in {market.title}</span>
            </Submit>
          </div>
        ))}
      </div>
    </Section>
  );
}

const verbs: Readonly<Record<string, string>> = { accounts: 'See accounts', payment: 'Pay', identity: 'Ask who I am' };
/** A market of one's own may name its journeys as it likes. */
const spoken = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ');
const midSentence = (text: string): string => (/^[A-Z]{2}/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1));

export interface JourneyModel {
  readonly bank: string;
  readonly csrf: string;
  readonly visit: MarketVisit;
  readonly notice: Notice | undefined;
  readonly timeline: Timeline;
}

/** How far the app came, and what was said on the way. */
export function renderJourney({ bank, csrf, visit, notice, timeline }: JourneyModel): string {
  const { issuer, steps, allowed, over } = visit;
  const title = over === true ? 'The journey is over' : allowed ? 'The app has what you allowed' : 'The journey has stopped';
  return renderDocument(
    <DemoPage title={title} current="/markets">
      <div class="gap">
        {notice && <Told notice={notice} />}
        <div class="cols inspector">
          <div class="gap">
            <Card>
              <Section look="sumtop">
                <p class="hint">{issuer.market.title}</p>
                <h1>{title}</h1>
              </Section>
              <Section label="Steps">
                <ol class="plain" id="steps">
                  {steps.map((told) => (
                    <Step {...told} />
                  ))}
                </ol>
              </Section>
              <Section>
                {allowed && over !== true && (
                  <PostForm to={SafeUrl.of('/markets/end')} hidden={{ csrf }} class="stack">
                    <p>The app ends what you allowed, and then shows that {bank} refuses everything that stood on it.</p>
                    <Submit id="end" kind="line">
                      End it
                    </Submit>
                  </PostForm>
                )}
                <p>
                  <a href={SafeUrl.of('/markets').toString()} id="more">
                    Back to the markets
                  </a>
                </p>
              </Section>
            </Card>
          </div>
          <Exchanges newestFirst={timeline.newestFirst} />
        </div>
      </div>
    </DemoPage>,
  );
}

const Step = ({ title, detail }: ToldStep) => (
  <li>
    {title}
    {detail !== '' && (
      <>
        {' '}
        <span class="hint">
          <bdi>{detail}</bdi>
        </span>
      </>
    )}
  </li>
);
