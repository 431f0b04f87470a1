import type { ComponentChildren } from 'preact';
import type { SafeUrl } from '../html/safe-url.js';

/** The only way to link. `kind` gives it the look of a button. */
export function Link({ to, id, kind, children }: { to: SafeUrl; id?: string; kind?: 'yes' | 'no' | 'line'; children: ComponentChildren }) {
  return (
    <a href={to.toString()} id={id} class={kind && `btn ${kind}`}>
      {kind ? <span>{children}</span> : children}
    </a>
  );
}
