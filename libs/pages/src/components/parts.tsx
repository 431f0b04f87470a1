import type { ComponentChildren } from 'preact';

type Children = { children: ComponentChildren };

/** A bordered card; its sections are split by lines. */
export const Card = ({ children }: Children) => <div class="card">{children}</div>;

/** `label` names the section where it has no heading of its own. */
export const Section = ({ children, label, look = 'stack' }: Children & { label?: string; look?: 'stack' | 'who' | 'sumtop' | 'plain' }) => (
  <section class={look === 'plain' ? undefined : look} aria-label={label}>
    {children}
  </section>
);

export type Tone = 'info' | 'ok' | 'warn' | 'bad' | 'off';

/** A banner: its first line says what it is, not only its colour. */
export const Note = ({ tone = 'info', title, children }: { tone?: Tone; title: ComponentChildren; children?: ComponentChildren }) => (
  <div class={`note ${tone}`}>
    <strong>{title}</strong>
    {children}
  </div>
);

export const Badge = ({ tone, children }: Children & { tone: Tone }) => <span class={`badge ${tone}`}>{children}</span>;

/** Two answers of equal weight, side by side, one above the other on a phone. */
export const Choice = ({ children }: Children) => <div class="choice">{children}</div>;

/** A list of named facts. */
export const Facts = ({ rows }: { rows: readonly { readonly term: ComponentChildren; readonly value: ComponentChildren }[] }) => (
  <dl class="sum">
    {rows.map(({ term, value }) => (
      <div>
        <dt>{term}</dt>
        <dd>{value}</dd>
      </div>
    ))}
  </dl>
);

export const Disclosure = ({ summary, children, open }: Children & { summary: ComponentChildren; open?: boolean }) => (
  <details open={open}>
    <summary>{summary}</summary>
    {children}
  </details>
);

/** A column of dated or numbered happenings, newest or first on top. */
export const Timeline = ({ items }: { items: readonly ComponentChildren[] }) => (
  <ol class="time">
    {items.map((item) => (
      <li>{item}</li>
    ))}
  </ol>
);

/** Code or a message as sent; reachable by keyboard, since it may scroll sideways. */
export const CodeBlock = ({ label, text }: { label: string; text: string }) => (
  <pre class="code" tabindex={0} role="region" aria-label={label}>
    <code>{String(text)}</code>
  </pre>
);

/** Where the customer stands. `done` steps say so in words too. */
export function Steps({ label, doneWord, steps, current }: { label: string; doneWord: string; steps: readonly string[]; current: number }) {
  return (
    <ol class="steps" aria-label={label}>
      {steps.map((step, index) =>
        index < current ? (
          <li class="done">
            <span aria-hidden="true">✓ </span>
            <span class="vh">{doneWord} </span>
            <span class="step">{step}</span>
          </li>
        ) : (
          <li aria-current={index === current ? 'step' : undefined}>
            <span class="step">{step}</span>
          </li>
        ),
      )}
    </ol>
  );
}
