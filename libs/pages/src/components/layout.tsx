import type { ComponentChildren } from 'preact';
import { plain, withoutIsolates } from '../html/plain-text.js';
import { SafeUrl } from '../html/safe-url.js';
import { direction, localeNames, locales, type Locale } from '../locale.js';
import { textsOf } from '../texts/index.js';

/** What every page of one site shares. */
export interface Frame {
  readonly locale: Locale;
  /** Who speaks: the bank, or the demo's own brand. */
  readonly brand: string;
  /** The operator's own words on where to get help, if any. */
  readonly help?: string;
  /** This page's address in each language; absent where the page cannot be asked for again. */
  readonly inLanguage?: (locale: Locale) => SafeUrl;
  /** The languages to choose from; all when absent. */
  readonly languages?: readonly Locale[];
  /** Of the shared stylesheet; `/assets/app.css` when absent. */
  readonly stylesheet?: SafeUrl;
}

export interface PageProps {
  readonly frame: Frame;
  /** The `h1`'s sentence; may hold isolates. */
  readonly title: string;
  readonly problem?: boolean;
  /** Reading width for one decision; otherwise the wide layout of lists. */
  readonly narrow?: boolean;
  /** A site that is no bank: another top rule, and a ribbon that says so. */
  readonly ribbon?: string;
  readonly navigation?: ComponentChildren;
  readonly footer?: ComponentChildren;
  /** Goes on to a validated address by itself after some seconds, without a script. */
  readonly continueTo?: { readonly url: SafeUrl; readonly seconds: number };
  /** A script file of our own; the page must work without it. */
  readonly script?: SafeUrl;
  readonly children: ComponentChildren;
}

const stylesheet = SafeUrl.of('/assets/app.css');

/** A whole document: landmarks, skip link, language and direction, title = `h1` + brand ("Error: " first). */
export function Page({ frame, title, problem, narrow, ribbon, navigation, footer, continueTo, script, children }: PageProps) {
  const texts = textsOf(frame.locale);
  const heading = withoutIsolates(title);
  const look = narrow ? ' narrow' : '';
  return (
    <html lang={frame.locale} dir={direction(frame.locale)} class={ribbon ? 'demo' : undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        {continueTo && <meta http-equiv="refresh" content={`${continueTo.seconds}; url=${continueTo.url.toString()}`} />}
        <title>{texts.titled(problem ? texts.errorPrefix(heading) : heading, plain(frame.brand))}</title>
        <link rel="stylesheet" href={(frame.stylesheet ?? stylesheet).toString()} />
        {script && <script src={script.toString()} defer />}
      </head>
      <body>
        <a class="skip" href="#main">
          {texts.skip}
        </a>
        {ribbon && <aside class="ribbon">{ribbon}</aside>}
        <header class={`top${look}`}>
          <div>
            <span class="bank">
              <bdi>{plain(frame.brand)}</bdi>
            </span>
            {navigation}
            {frame.inLanguage && <Languages current={frame.locale} offered={frame.languages ?? locales} address={frame.inLanguage} label={texts.languages} />}
          </div>
        </header>
        <main id="main" class={narrow ? 'narrow' : undefined}>
          {children}
        </main>
        {footer && <footer class={`foot${look}`}>{footer}</footer>}
      </body>
    </html>
  );
}

function Languages({ current, offered, address, label }: { current: Locale; offered: readonly Locale[]; address: (locale: Locale) => SafeUrl; label: string }) {
  return (
    <nav aria-label={label} class="langs">
      <ul>
        {offered.map((locale) => (
          <li>
            <a href={address(locale).toString()} lang={locale} hreflang={locale} aria-current={locale === current ? 'true' : undefined}>
              {localeNames[locale]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
