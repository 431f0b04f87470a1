import { Card, Link, Section, renderDocument, SafeUrl } from '@assent/pages';
import { DemoPage } from './frame.js';

/** What the demo is for, and where to begin. */
export function renderWelcome({ bank, access }: { readonly bank: string; readonly access: boolean }): string {
  return renderDocument(
    <DemoPage title="See open banking work, step by step" current="/" narrow>
      <div class="gap">
        <h1>See open banking work, step by step</h1>
        <p class="lead">
          These are third parties: apps that ask {bank} for account data with the customer’s consent, under the FAPI 2.0 Security Profile.
        </p>
        <Card>
          <Section>
            <h2>What happens</h2>
            <ol class="plain">
              <li>The app pushes its request straight to the bank, in its own name, and sends your browser there.</li>
              <li>You sign in at the bank, see who asks for what, and choose accounts. Or you say no.</li>
              <li>The app gets tokens that work only with its own key, and reads the accounts you chose.</li>
              <li>You see every request and answer, taken apart, and can try to break each of them.</li>
            </ol>
            <p>
              <Link to={SafeUrl.of('/start')} id="begin" kind="yes">
                Start a flow
              </Link>
              {access && ' '}
              {access && (
                <Link to={SafeUrl.of('/session')} kind="line">
                  Back to the inspector
                </Link>
              )}
            </p>
          </Section>
        </Card>
      </div>
    </DemoPage>,
  );
}
