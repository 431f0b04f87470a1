import { stylesheet } from '@assent/pages';

/** The shared stylesheet, and what only the inspector needs. */
export const demoStylesheet = `${stylesheet}
.plain { list-style: decimal; padding-inline-start: 1.5rem; } .plain li + li { margin-block-start: var(--s2); }
.buttons { display: flex; flex-wrap: wrap; gap: var(--s3); }
.breaks > .break { display: grid; grid-template-columns: 1fr auto; gap: var(--s3) var(--s4); align-items: center; padding-block: var(--s3); }
.breaks > .break + .break { border-block-start: 1px solid var(--line); }
.inspector { grid-template-columns: minmax(0, 1fr) minmax(0, 1.2fr); }
@media (max-width: 52rem) { .inspector { grid-template-columns: minmax(0, 1fr); } }
.exchange > * + * { margin-block-start: var(--s2); }
.exchange .h3 { font-size: var(--t-h3); }
.exchange .url { overflow-wrap: anywhere; }
.exchange .code { margin-block-end: var(--s2); }
.exchange code { font-family: var(--mono); font-size: .8125rem; }
`;
