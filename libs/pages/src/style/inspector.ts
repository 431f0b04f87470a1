/** Messages as sent, and what survives of every page in print and forced colours. */
export const inspector = `@media (forced-colors: active) { .badge, .note, .mark { border: 1px solid CanvasText; } .btn { border-color: ButtonText; } .pick:has(:checked) { outline: 2px solid Highlight; } }
@media print { :root { color-scheme: light; } body { background: #fff; } .top nav, .btn, .filters, .skip, .tabs { display: none; } .card { border-color: #999; break-inside: avoid; } details::details-content { content-visibility: visible; block-size: auto; } a[href^="http"]::after { content: " (" attr(href) ")"; } }
.code { font: 400 .8125rem/1.5 var(--mono); background: var(--sunken); border: 1px solid var(--line); border-radius: var(--r1); padding: var(--s3) var(--s4); margin: 0; overflow-x: auto; max-block-size: 30rem; direction: ltr; text-align: left; white-space: pre; }
.code.wrap { white-space: pre-wrap; overflow-wrap: anywhere; }
.cols > * { min-inline-size: 0; }
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { transition: none; animation: none; scroll-behavior: auto; } }
`;
