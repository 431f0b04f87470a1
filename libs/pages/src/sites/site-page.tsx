import type { ComponentChildren } from 'preact';
import { Page, type Frame } from '../components/layout.js';
import { PostForm } from '../components/form.js';
import { Words } from '../components/words.js';
import { plain } from '../html/plain-text.js';
import type { SafeUrl } from '../html/safe-url.js';
import { siteTextsOf } from '../texts/sites/index.js';

/** The head of a site: where one can go, and how to leave. */
export interface SiteNavigation {
  readonly links: readonly { readonly to: SafeUrl; readonly label: string; readonly current: boolean }[];
  /** Of somebody signed in. */
  readonly signOut?: { readonly to: SafeUrl; readonly hidden: Readonly<Record<string, string>> } | undefined;
}

export interface SiteFrame extends Frame {
  readonly navigation: SiteNavigation;
}

export interface SitePageProps {
  readonly frame: SiteFrame;
  readonly title: string;
  readonly problem?: boolean;
  readonly narrow?: boolean;
  /** Sentences under the page, before the operator's own. */
  readonly footer?: readonly string[];
  readonly children: ComponentChildren;
}

/** A page of the dashboard or the console. */
export function SitePage({ frame, title, problem = false, narrow = false, footer = [], children }: SitePageProps) {
  const t = siteTextsOf(frame.locale);
  const foot = (
    <>
      {footer.map((sentence) => (
        <p>
          <Words of={sentence} />
        </p>
      ))}
      {frame.help && (
        <p>
          <bdi>{plain(frame.help, 300)}</bdi>
        </p>
      )}
    </>
  );
  const { links, signOut } = frame.navigation;
  const navigation = (links.length > 0 || signOut) && (
    <nav aria-label={t.navigation} class="main">
      <ul>
        {links.map(({ to, label, current }) => (
          <li>
            <a href={to.toString()} aria-current={current ? 'page' : undefined}>
              {label}
            </a>
          </li>
        ))}
        {signOut && (
          <li>
            <PostForm to={signOut.to} hidden={signOut.hidden}>
              <button type="submit" id="sign-out" class="plain">
                {t.signOut}
              </button>
            </PostForm>
          </li>
        )}
      </ul>
    </nav>
  );
  return (
    <Page frame={frame} title={title} problem={problem} narrow={narrow} navigation={navigation} footer={foot}>
      {children}
    </Page>
  );
}
