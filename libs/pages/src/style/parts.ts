/** What decisions are made of: steps, cards, clusters, picks, terms, banners, buttons, fields. */
export const parts = `.steps { display: flex; gap: var(--s2); margin-block-end: var(--s4); font-size: var(--t-hint); color: var(--muted); }
.steps li { flex: 1; border-block-start: 4px solid var(--line); padding-block-start: var(--s2); }
.steps li[aria-current] { border-color: var(--accent); color: var(--ink); font-weight: 600; }
.steps li.done { border-color: var(--control); }

.card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--r2); }
.card > * { padding: var(--s5); }
.card > * + * { border-block-start: 1px solid var(--line); }
.stack > * + * { margin-block-start: var(--s3); }
.who { display: flex; gap: var(--s4); align-items: flex-start; }
.mark { flex: none; inline-size: 3rem; block-size: 3rem; display: grid; place-items: center; border: 1px solid var(--line); border-radius: var(--r2); background: var(--sunken); color: var(--ink); font-weight: 700; font-size: 1.25rem; }
.row .mark { inline-size: 2.5rem; block-size: 2.5rem; font-size: 1.0625rem; border-radius: 10px; }
.says { border-inline-start: 4px solid var(--line); padding-inline-start: var(--s4); }

.clusters > li + li { border-block-start: 1px solid var(--line); }
.clusters > li { padding-block: var(--s3); }
.clusters > li:first-child { padding-block-start: 0; } .clusters > li:last-child { padding-block-end: 0; }
.clusters b { font-weight: 600; }
details > summary { cursor: pointer; color: var(--link); padding-block: var(--s2); min-block-size: 24px; inline-size: fit-content; font-size: var(--t-hint); text-decoration: underline; text-underline-offset: .18em; text-decoration-thickness: 1px; }
details ul { list-style: disc; padding-inline-start: 1.25rem; color: var(--muted); font-size: var(--t-hint); }
details p { color: var(--muted); font-size: var(--t-hint); }

.pick { display: grid; grid-template-columns: auto 1fr auto; gap: 0 var(--s3); align-items: center; padding: var(--s3) var(--s4); border: 1px solid var(--line); border-radius: var(--r2); background: var(--surface); cursor: pointer; min-block-size: 56px; }
.pick + .pick { margin-block-start: var(--s2); }
.pick:hover { border-color: var(--control); }
.pick:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
.pick:has(:focus-visible) { outline: 3px solid var(--focus); outline-offset: 2px; }
.pick input:focus-visible { outline: none; }
.pick:has(:disabled) { background: var(--sunken); cursor: default; color: var(--muted); border-style: dashed; }
.pick input { inline-size: 24px; block-size: 24px; margin: 0; accent-color: var(--accent); }
.pick strong { display: block; font-weight: 600; }
.amount { font-variant-numeric: tabular-nums; }

.sum { display: grid; gap: 0; }
.sum > div { display: grid; grid-template-columns: minmax(9rem, 34%) 1fr; gap: var(--s1) var(--s4); padding-block: var(--s3); border-block-end: 1px solid var(--line); }
.sum > div:first-child { padding-block-start: 0; } .sum > div:last-child { border: 0; padding-block-end: 0; }
.sum dt { color: var(--muted); } .sum dd { font-weight: 500; }
@media (max-width: 30rem) { .sum > div { grid-template-columns: 1fr; } }

.note { display: grid; gap: var(--s1); border-inline-start: 4px solid var(--tone, var(--info)); background: var(--tone-bg, var(--info-bg)); padding: var(--s3) var(--s4); border-radius: var(--r1); color: var(--ink); }
.note strong { color: var(--tone, var(--info)); }
.warn { --tone: var(--warn); --tone-bg: var(--warn-bg); } .bad { --tone: var(--bad); --tone-bg: var(--bad-bg); } .ok { --tone: var(--ok); --tone-bg: var(--ok-bg); } .off { --tone: var(--off); --tone-bg: var(--off-bg); } .info { --tone: var(--info); --tone-bg: var(--info-bg); }
.badge { display: inline-block; padding: .125rem .5rem; border-radius: 99px; font-size: .8125rem; line-height: 1.4; font-weight: 600; color: var(--tone); background: var(--tone-bg); border: 1px solid transparent; }

.btn { display: inline-flex; align-items: center; justify-content: center; min-block-size: 48px; padding: var(--s2) var(--s5); border: 2px solid transparent; border-radius: var(--r2); font: 600 var(--t-body)/1.3 var(--font); text-decoration: none; cursor: pointer; text-align: center; }
.btn.yes { background: var(--accent); color: var(--on-accent); } .btn.no { background: var(--deny); color: var(--on-deny); }
.btn.line { background: transparent; border-color: var(--control); color: var(--ink); } .btn.stop { background: transparent; border-color: var(--bad); color: var(--bad); }
.btn:hover { filter: brightness(1.08); text-decoration: underline; }
.btn.small { min-block-size: 44px; padding-inline: var(--s4); }
.choice { display: grid; gap: var(--s3); grid-template-columns: 1fr 1fr; }
@media (max-width: 30rem) { .choice { grid-template-columns: 1fr; } .card > * { padding: var(--s4); } .top.narrow > div { padding-inline: var(--s4); } }

.field label { display: block; font-weight: 600; margin-block-end: var(--s1); }
.field :is(input, select, textarea) { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--control); border-radius: var(--r1); padding: var(--s2) var(--s3); min-block-size: 44px; inline-size: 100%; }
.filters { display: flex; flex-wrap: wrap; gap: var(--s3) var(--s4); align-items: end; }
.filters .field { flex: 1 1 11rem; }
.change .badge { justify-self: start; } .change { display: grid; grid-template-columns: 6rem 1fr; gap: var(--s3); align-items: baseline; }
.sumtop { text-align: center; } .money { font-size: 2.5rem; line-height: 1.15; font-weight: 700; font-variant-numeric: tabular-nums; letter-spacing: -.02em; } .payee { font-size: var(--t-h2); font-weight: 650; }
.dirdiff { font-weight: 650; } .add { color: var(--ok); } .drop { color: var(--bad); }
.fields > * + * { margin-block-start: var(--s5); }
.field input { min-block-size: 48px; }
.error { color: var(--bad); font-weight: 600; margin-block-end: var(--s2); }
.wrong input { border: 2px solid var(--bad); }
.summary { margin-block-end: var(--s5); }
.summary h2 { font-size: var(--t-h3); color: var(--bad); }
.summary a { color: var(--bad); font-weight: 600; display: inline-block; padding-block: var(--s1); }
.clusters h3 { font-size: var(--t-body); }
.who > .stack { min-inline-size: 0; }
.return bdi { color: var(--ink); font-weight: 600; overflow-wrap: anywhere; }
.pick > span:nth-of-type(1) { min-inline-size: 0; overflow-wrap: anywhere; }
.pick:has(:disabled) > span { grid-column: 2 / -1; }
.pick:has(:disabled) input { opacity: .6; }
.pick .why { margin-block-start: var(--s1); }
.sum > div > *, .note > *, .choice > * { min-inline-size: 0; }
.sum dd { overflow-wrap: anywhere; }
.choice .btn { overflow-wrap: anywhere; padding-inline: var(--s3); text-wrap: balance; }
.clusters h3 + p { margin-block-start: 2px; }
.includes { list-style: disc; padding-inline-start: 1.25rem; margin-block-start: var(--s1); color: var(--muted); font-size: var(--t-hint); }
.change > div { min-inline-size: 0; }
@media (max-width: 24rem) { .change { grid-template-columns: 1fr; gap: var(--s1); } }
.sumtop .money { margin-block: var(--s1); overflow-wrap: anywhere; } .sumtop .payee { margin-block-start: var(--s1); overflow-wrap: anywhere; } .sumtop .number { margin-block-start: var(--s1); font-variant-numeric: tabular-nums; }
.pick:has(:checked:disabled) { border-style: solid; }
.steps li { min-inline-size: 0; overflow-wrap: anywhere; }
@media (max-width: 30rem) { .steps:has(> :nth-child(4)) > li[aria-current] { flex: 1 0 max-content; } .steps:has(> :nth-child(4)) > li:not([aria-current]) .step { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; } }
`;
