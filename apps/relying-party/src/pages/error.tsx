import { Card, Link, Section, renderDocument, SafeUrl } from '@assent/pages';
import type { OAuthError } from '@assent/protocol';
import { DemoPage } from './frame.js';

/** What a person sees when a page of the demo cannot be shown. */
export function renderProblem(error: OAuthError, reference: string): string {
  const title = error.status === 404 ? 'This page is not here' : error.status >= 500 ? 'Something went wrong on our side' : 'This did not work';
  return renderDocument(
    <DemoPage title={title} problem narrow>
      <div class="gap">
        <h1>{title}</h1>
        <Card>
          <Section>
            <p>{error.status >= 500 ? 'Nothing was changed. Try again in a moment.' : `The reason: ${error.description}.`}</p>
            <p>
              <Link to={SafeUrl.of('/start')} kind="line">
                Start again
              </Link>
            </p>
            <p class="hint">Reference: {reference}</p>
          </Section>
        </Card>
      </div>
    </DemoPage>,
  );
}
