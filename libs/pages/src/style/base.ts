/** The document: type, links, focus, header, main, footer. */
export const base = `*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 400 var(--t-body)/1.5 var(--font); overflow-wrap: break-word; }
h1, h2, h3, p, ul, ol, dl, dd, fieldset, legend { margin: 0; padding: 0; border: 0; }
ul, ol { list-style: none; }
h1 { font-size: var(--t-h1); line-height: 1.2; font-weight: 650; letter-spacing: -.012em; text-wrap: balance; }
h2, legend.h2 { font-size: var(--t-h2); line-height: 1.3; font-weight: 650; letter-spacing: -.008em; }
h3 { font-size: var(--t-h3); line-height: 1.35; font-weight: 600; }
:lang(ar) :is(h1, h2, .h2) { letter-spacing: 0; }
a { color: var(--link); text-underline-offset: .18em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: var(--r1); }
.hint { font-size: var(--t-hint); color: var(--muted); }
.lead { font-size: var(--t-lead); color: var(--muted); }
.nowrap { white-space: nowrap; }
.skip { position: absolute; inset-inline-start: var(--s4); inset-block-start: -4rem; background: var(--surface); padding: var(--s3) var(--s4); z-index: 1; }
.skip:focus { inset-block-start: var(--s2); }
.vh { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.top { border-block-start: 4px solid var(--brand); background: var(--surface); border-block-end: 1px solid var(--line); }
.top > div { max-inline-size: var(--wide); margin-inline: auto; padding: var(--s3) var(--s4); display: flex; flex-wrap: wrap; align-items: center; gap: var(--s2) var(--s5); }
.top.narrow > div { max-inline-size: calc(var(--measure) + 2 * var(--s5)); padding-inline: var(--s5); }
.bank { font-weight: 700; font-size: var(--t-lead); letter-spacing: -.01em; color: var(--ink); text-decoration: none; margin-inline-end: auto; padding-block: var(--s2); }
.top nav ul { display: flex; flex-wrap: wrap; gap: 0 var(--s5); }
.top nav a { display: block; padding: var(--s2) 0; border-radius: var(--r1); text-decoration: none; color: var(--muted); min-block-size: 44px; }
.top nav a[aria-current] { color: var(--ink); font-weight: 600; box-shadow: inset 0 -3px var(--accent); border-radius: 0; }
.top nav a:hover { color: var(--ink); text-decoration: underline; }

main { max-inline-size: var(--wide); margin-inline: auto; padding: var(--s6) var(--s4) var(--s8); }
main.narrow { max-inline-size: calc(var(--measure) + 2 * var(--s4)); padding-block-start: var(--s5); }
.foot { max-inline-size: var(--wide); margin-inline: auto; padding: 0 var(--s4) var(--s7); color: var(--muted); font-size: var(--t-hint); }
.foot.narrow { max-inline-size: calc(var(--measure) + 2 * var(--s4)); }
.langs { font-size: var(--t-hint); }
@media (max-width: 30rem) { .top > div { gap: 0 var(--s4); padding-block: var(--s2); } .top nav ul { gap: 0 var(--s4); } .top nav:not(.langs) { flex-basis: 100%; font-size: .9375rem; } }
.gap > * + * { margin-block-start: var(--s5); } .gap7 > * + * { margin-block-start: var(--s6); }
h1, h2, h3, legend { overflow-wrap: anywhere; }
legend { display: block; inline-size: 100%; }
.block { display: block; }
.ribbon { background: var(--warn-bg); color: var(--warn); text-align: center; font-weight: 600; padding: var(--s2) var(--s4); }
.foot > p + p { margin-block-start: var(--s2); }
.top nav.langs a { line-height: 28px; }
`;
