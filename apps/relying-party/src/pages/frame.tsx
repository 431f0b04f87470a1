import { Link, Page, SafeUrl, type Frame } from '@assent/pages';
import type { ComponentChildren } from 'preact';

/** The demo speaks English and its own name: no customer should take it for the bank. */
export const frame: Frame = { locale: 'en', brand: 'Open banking demo' };
const ribbon = 'Demo. No real bank, no real money.';

export function DemoPage({ title, problem, narrow, children }: { title: string; problem?: boolean; narrow?: boolean; children: ComponentChildren }) {
  const navigation = (
    <nav aria-label="Main">
      <ul>
        <li>
          <Link to={SafeUrl.of('/')}>What this is</Link>
        </li>
        <li>
          <Link to={SafeUrl.of('/start')}>Start a flow</Link>
        </li>
        <li>
          <Link to={SafeUrl.of('/session')}>Inspector</Link>
        </li>
      </ul>
    </nav>
  );
  return (
    <Page frame={frame} title={title} ribbon={ribbon} navigation={navigation} {...(problem ? { problem } : {})} {...(narrow ? { narrow } : {})}>
      {children}
    </Page>
  );
}
