/** Lists with filters and rows, side columns and timelines: dashboards. */
export const lists = `.tabs { display: flex; gap: var(--s5); border-block-end: 1px solid var(--line); }
.tabs a { padding: var(--s3) 0; text-decoration: none; color: var(--muted); min-block-size: 44px; }
.tabs a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -3px var(--accent); }

.list > li { position: relative; }
.list.card > li { padding: 0; }
.row { display: grid; grid-template-columns: 2.5rem minmax(0, 1.5fr) minmax(0, 1fr) 7.5rem 12rem; gap: var(--s1) var(--s4); align-items: center; padding: var(--s4) var(--s5); }
.row:hover { background: var(--sunken); }
.row h3 a { color: var(--ink); text-decoration: none; } .row h3 a:hover { text-decoration: underline; }
.row h3 a::after { content: ""; position: absolute; inset: 0; border-radius: inherit; }
.row h3 a:focus-visible { outline: none; } .row h3 a:focus-visible::after { outline: 3px solid var(--focus); outline-offset: -3px; border-radius: var(--r2); }
.list.card > li:first-child .row { border-start-start-radius: var(--r2); border-start-end-radius: var(--r2); } .list.card > li:last-child .row { border-end-start-radius: var(--r2); border-end-end-radius: var(--r2); }
.row .sub { display: block; } .row .state { text-align: end; }
.row .cell small { display: block; font-size: var(--t-hint); color: var(--muted); }
@media (max-width: 46rem) {
  .row { grid-template-columns: 2.5rem 1fr; align-items: start; padding: var(--s4); }
  .row .cell { grid-column: 2; font-size: var(--t-hint); color: var(--muted); } .row .cell small { display: inline; } .row .cell small::after { content: " "; }
  .row .cell.state { grid-column: 2; margin-block-start: var(--s1); text-align: start; }
}
.time { border-inline-start: 2px solid var(--line); padding-inline-start: var(--s5); margin-inline-start: .4rem; }
.time li { position: relative; padding-block-end: var(--s4); } .time li:last-child { padding-block-end: 0; }
.time li::before { content: ""; position: absolute; inset-inline-start: calc(-1 * var(--s5) - 7px); inset-block-start: .4rem; inline-size: 12px; block-size: 12px; border-radius: 50%; background: var(--surface); border: 3px solid var(--control); }
.time li:first-child::before { border-color: var(--accent); }
.cols { display: grid; gap: var(--s5); grid-template-columns: minmax(0, 1.6fr) minmax(0, 1fr); align-items: start; }
@media (max-width: 52rem) { .cols { grid-template-columns: 1fr; } }
.head { display: flex; flex-wrap: wrap; gap: var(--s3) var(--s4); align-items: center; }
.filter > summary { font-size: var(--t-body); } .filter[open] > summary { margin-block-end: var(--s2); }
`;
