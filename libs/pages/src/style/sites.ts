/** The dashboard and the console: their navigation, and what lists and forms of theirs need. */
export const sites = `.top nav form { display: contents; }
.top nav button.plain { font: inherit; color: var(--muted); background: none; border: 0; padding: var(--s2) 0; min-block-size: 44px; cursor: pointer; border-radius: var(--r1); }
.top nav button.plain:hover { color: var(--ink); text-decoration: underline; }
.field textarea { resize: vertical; }
.field > .hint { margin-block-end: var(--s1); }
.wrong :is(select, textarea) { border: 2px solid var(--bad); }
.filters .clear { padding-block: var(--s3); }
.filters :is(select, .btn) { min-block-size: 48px; }
.top nav ul { align-items: center; }
.top nav.main a { line-height: 28px; }
.facts > div { grid-template-columns: 1fr; gap: 0; }
.clusters .sum { margin-block-start: var(--s2); }
.head h1, .row > * { min-inline-size: 0; overflow-wrap: anywhere; }
.after { margin-block-start: var(--s5); }
.mono { font-family: var(--mono); font-size: .875rem; overflow-wrap: anywhere; }
.time + details { margin-block-start: var(--s3); }
details ol.time { margin-block-start: var(--s3); }
details ol.time p { margin: 0; }
.pages { display: flex; gap: var(--s5); flex-wrap: wrap; }
.pages a { padding-block: var(--s3); }
/* The customer's own device. */
.choice:has(> :only-child) { grid-template-columns: 1fr; }
.match { font: 650 2rem/1.25 var(--mono); letter-spacing: .04em; overflow-wrap: anywhere; }
.sumtop .match { margin-block: var(--s1); }
.pick .match { font-size: 1.5rem; }
.field input.match { font-size: 1.5rem; }
.field label.h2 { font-size: var(--t-h2); line-height: 1.3; font-weight: 650; }
.request { display: grid; grid-template-columns: 2.5rem minmax(0, 1fr); gap: var(--s1) var(--s4); padding: var(--s4) var(--s5); }
.request .hint bdi { white-space: nowrap; }
.bar > * { min-inline-size: 0; overflow-wrap: anywhere; }
.request .go { color: var(--link); font-weight: 600; margin-block-start: var(--s1); } .request:hover .go { text-decoration: underline; text-underline-offset: .18em; }
@media (max-width: 30rem) { .request { padding: var(--s4); gap: var(--s1) var(--s3); } }
.request:hover { background: var(--sunken); }
.request .mark { inline-size: 2.5rem; block-size: 2.5rem; font-size: 1.0625rem; border-radius: 10px; }
.request h2 { font-size: var(--t-h3); }
.request h2 a { color: var(--ink); text-decoration: none; } .request h2 a:hover { text-decoration: underline; }
.request h2 a::after { content: ""; position: absolute; inset: 0; border-radius: inherit; }
.request h2 a:focus-visible { outline: none; } .request h2 a:focus-visible::after { outline: 3px solid var(--focus); outline-offset: -3px; border-radius: var(--r2); }
.bar { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s5); align-items: center; justify-content: space-between; }
`;
