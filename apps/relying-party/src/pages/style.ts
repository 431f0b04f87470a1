import { stylesheet } from '@assent/pages';

/** The shared stylesheet, and what only the inspector needs. */
export const demoStylesheet = `${stylesheet}
.top nav a { line-height: 28px; } .top.narrow nav ul { column-gap: var(--s4); }
.plain { list-style: decimal; padding-inline-start: 1.5rem; } .plain li + li { margin-block-start: var(--s2); }
.buttons { display: flex; flex-wrap: wrap; gap: var(--s3); }
.issuer .h3 { font-size: var(--t-h3); } .issuer { margin-block-start: var(--s4); } .issuer + .issuer { margin-block-start: var(--s5); } .issuer > .hint { margin-block: var(--s1) var(--s2); }
.breaks > h3 { margin-block: var(--s4) var(--s1); }
.breaks > .break { display: grid; grid-template-columns: 1fr auto; gap: var(--s3) var(--s4); align-items: center; padding-block: var(--s3); }
.breaks > .break + .break { border-block-start: 1px solid var(--line); }
.inspector { grid-template-columns: minmax(0, 1fr) minmax(0, 1.2fr); }
@media (max-width: 52rem) { .inspector { grid-template-columns: minmax(0, 1fr); } }
.exchange > * + * { margin-block-start: var(--s2); }
.exchange .h3 { font-size: var(--t-h3); }
.exchange .url { overflow-wrap: anywhere; }
.exchange code { font-family: var(--mono); font-size: .8125rem; }
.parts { display: flex; flex-wrap: wrap; gap: 0 var(--s4); }
.parts > details { min-inline-size: 0; max-inline-size: 100%; } .parts > details[open] { flex: 1 0 100%; }
.parts .code { margin-block-end: var(--s2); }
.data { inline-size: 100%; border-collapse: collapse; }
.data :is(th, td) { padding: var(--s2) var(--s3) var(--s2) 0; text-align: start; vertical-align: baseline; border-block-end: 1px solid var(--line); }
.data tr > :last-child { padding-inline-end: 0; } .data tbody tr:last-child > * { border: 0; }
.data thead th { font-size: var(--t-hint); font-weight: 600; color: var(--muted); }
.data tbody th { font-weight: 600; overflow-wrap: anywhere; }
.data .num { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
`;
