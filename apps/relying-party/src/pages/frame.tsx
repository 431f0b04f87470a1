import { Page, SafeUrl, type Frame } from '@assent/pages';
import type { ComponentChildren } from 'preact';

/** The demo speaks English and its own name: no customer should take it for the bank. */
export const frame: Frame = { locale: 'en', brand: 'Open banking demo' };
const ribbon = 'Demo. No real bank, no real money.';
const places = [
  ['/', 'What this is'],
  ['/start', 'Start a flow'],
  ['/markets', 'Join a market'],
  ['/till', 'Pay at the till'],
  ['/session', 'Inspector'],
] as const;

interface DemoPageProps {
  readonly title: string;
  /** Which of the navigation's places this is, if any. */
  readonly current?: (typeof places)[number][0];
  readonly problem?: boolean;
  readonly narrow?: boolean;
  readonly script?: SafeUrl;
  readonly children: ComponentChildren;
}

export function DemoPage({ title, current, problem, narrow, script, children }: DemoPageProps) {
  const navigation = (
    <nav aria-label="Main">
      <ul>
        {places.map(([address, name]) => (
          <li>
            <a href={SafeUrl.of(address).toString()} aria-current={address === current ? 'page' : undefined}>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
  return (
    <Page frame={frame} title={title} ribbon={ribbon} navigation={navigation} {...(problem ? { problem } : {})} {...(narrow ? { narrow } : {})} {...(script ? { script } : {})}>
      {children}
    </Page>
  );
}
