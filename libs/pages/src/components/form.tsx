import type { ComponentChildren } from 'preact';
import { plain } from '../html/plain-text.js';
import type { SafeUrl } from '../html/safe-url.js';
import { Words } from './words.js';

/** A form that posts. `hidden`: the fields that bind it to session and interaction. */
export function PostForm({ id, to, hidden = {}, class: look, children }: { id?: string; to: SafeUrl; hidden?: Readonly<Record<string, string>>; class?: string; children: ComponentChildren }) {
  return (
    <form id={id} method="post" action={to.toString()} class={look} novalidate>
      {Object.entries(hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={String(value)} />
      ))}
      {children}
    </form>
  );
}

/** `yes` and `no` have the same size and weight; `to` sends the form elsewhere. */
export function Submit({ id, kind, to, name, value, children }: { id?: string; kind: 'yes' | 'no' | 'line' | 'stop'; to?: SafeUrl; name?: string; value?: string; children: ComponentChildren }) {
  return (
    <button type="submit" id={id} class={`btn ${kind}`} formaction={to?.toString()} name={name} value={value}>
      <span>{children}</span>
    </button>
  );
}

export interface FieldProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly value?: string | undefined;
  readonly autocomplete: string;
  /** Shown at the field, in the words of the error summary. */
  readonly problem?: string | undefined;
}

export function Field({ id, name, label, type = 'text', value, autocomplete, problem }: FieldProps) {
  const attributes = {
    id,
    name,
    value: value === undefined ? undefined : plain(value),
    autocomplete: autocomplete as 'off',
    autocapitalize: 'none' as const,
    spellcheck: false,
    'aria-invalid': problem ? ('true' as const) : undefined,
    'aria-describedby': problem ? `${id}-error` : undefined,
  };
  return (
    <div class={problem ? 'field wrong' : 'field'}>
      <label for={id}>{label}</label>
      {problem && (
        <p class="error" id={`${id}-error`}>
          <Words of={problem} />
        </p>
      )}
      {type === 'password' ? <input type="password" {...attributes} /> : <input type="text" {...attributes} />}
    </div>
  );
}

/** Comes first in `main`; each line links to its field. */
export function ErrorSummary({ title, problems }: { title: string; problems: readonly { readonly field: string; readonly text: string }[] }) {
  return (
    <div class="note bad summary" role="alert">
      <h2>{title}</h2>
      <ul>
        {problems.map(({ field, text }) => (
          <li>
            <a href={`#${field}`}>
              <Words of={text} />
            </a>
          </li>
        ))}
      </ul>
    </div>
  );
}
