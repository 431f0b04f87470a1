import { createHash } from 'node:crypto';
import { PostForm, Submit } from '../components/form.js';
import { Page, type Frame } from '../components/layout.js';
import { Card, Section } from '../components/parts.js';
import { Words } from '../components/words.js';
import { isolate } from '../html/plain-text.js';
import { renderDocument } from '../html/render.js';
import { SafeUrl } from '../html/safe-url.js';
import { textsOf } from '../texts/index.js';
import { Footer } from './sign-in.js';

export interface FormPostModel {
  readonly frame: Frame;
  readonly clientName: string;
  /** The client's redirect URI, validated; https. */
  readonly to: SafeUrl;
  /** The authorization response. */
  readonly fields: Readonly<Record<string, string>>;
}

/** Served at `/assets/form-post.js`: sends the one form of the page. Without scripts, the button does. */
export const formPostScript = "document.getElementById('form-post').requestSubmit();\n";
export const formPostScriptETag: string = `"${createHash('sha256').update(formPostScript).digest('base64url').slice(0, 22)}"`;

const script = SafeUrl.of('/assets/form-post.js');

/** An authorization response on its way as a form (OAuth 2.0 Form Post Response Mode section 2, JARM section 2.3.3). */
export function renderFormPostPage({ frame, clientName, to, fields }: FormPostModel): string {
  const t = textsOf(frame.locale);
  const tpp = isolate(clientName);
  const title = t.continueTo(tpp);
  return renderDocument(
    <Page frame={frame} title={title} narrow script={script} footer={<Footer frame={frame} />}>
      <div class="gap">
        <h1>
          <Words of={title} />
        </h1>
        <Card>
          <Section>
            <p>
              <Words of={t.done.takesYou(tpp)} />
            </p>
            <PostForm id="form-post" to={to} hidden={fields}>
              <Submit id="continue" kind="yes">
                <Words of={title} />
              </Submit>
            </PostForm>
          </Section>
        </Card>
      </div>
    </Page>,
  );
}
