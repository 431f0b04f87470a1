import { Card, PostForm, SafeUrl, Section, Submit, renderDocument } from '@assent/pages';
import { DemoPage } from './frame.js';

/** Served at `/assets/fragment.js`: moves the answer out of the address, and sends it to our own server. */
export const fragmentScript = `const form = document.getElementById('answer');
form.elements.fragment.value = location.hash.slice(1);
history.replaceState(null, '', location.pathname);
form.requestSubmit();
`;

/** What the browser gets for a fragment: no server sees that part of an address, only a page can hand it over. */
export function renderFragmentPage(csrf: string, to = '/answer'): string {
  return renderDocument(
    <DemoPage title="Back from the bank" narrow script={SafeUrl.of('/assets/fragment.js')}>
      <div class="gap">
        <h1>Back from the bank</h1>
        <Card>
          <Section>
            <p>The answer stands in the part of the address that only your browser sees, so a script of this page hands it over. If nothing happens, allow scripts for this page.</p>
            <PostForm id="answer" to={SafeUrl.of(to)} hidden={{ csrf, fragment: '' }}>
              <Submit id="hand-over" kind="yes">
                Continue
              </Submit>
            </PostForm>
          </Section>
        </Card>
      </div>
    </DemoPage>,
  );
}
