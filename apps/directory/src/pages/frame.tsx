import { Page, PostForm, SafeUrl, type Frame } from '@assent/pages';
import type { ComponentChildren } from 'preact';
import { directoryTexts } from '../texts/index.js';

export interface DirectoryFrame extends Frame {
  /** Of somebody signed in: what its forms carry. */
  readonly csrf?: string | undefined;
  readonly current?: string | undefined;
}

interface DirectoryPageProps {
  readonly frame: DirectoryFrame;
  readonly title: string;
  readonly problem?: boolean;
  readonly narrow?: boolean;
  readonly children: ComponentChildren;
}

/** A page of the directory: another brand than the bank's, and a ribbon that says what it is. */
export function DirectoryPage({ frame, title, problem = false, narrow = false, children }: DirectoryPageProps) {
  const t = directoryTexts(frame.locale);
  const places = [['/', t.links.all], ['/new', t.links.join]] as const; // prettier-ignore
  const navigation = frame.csrf !== undefined && (
    <nav aria-label={t.navigation} class="main">
      <ul>
        {places.map(([address, label]) => (
          <li>
            <a href={SafeUrl.of(address).toString()} aria-current={frame.current === address ? 'page' : undefined}>
              {label}
            </a>
          </li>
        ))}
        <li>
          <PostForm to={SafeUrl.of('/sign-out')} hidden={{ csrf: frame.csrf }}>
            <button type="submit" id="sign-out" class="plain">
              {t.links.signOut}
            </button>
          </PostForm>
        </li>
      </ul>
    </nav>
  );
  return (
    <Page frame={{ ...frame, brand: t.brand }} title={title} problem={problem} narrow={narrow} ribbon={t.ribbon} navigation={navigation}>
      {children}
    </Page>
  );
}
