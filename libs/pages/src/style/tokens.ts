/** Sizes and colours. Each pair of ink and ground meets WCAG 2.2 AA in both schemes; a test measures it. */
export const tokens = `:root {
  color-scheme: light dark;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans Arabic", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, monospace;
  --t-hint: 0.875rem; --t-body: 1rem; --t-lead: 1.125rem; --t-h3: 1.125rem; --t-h2: 1.375rem; --t-h1: 1.75rem;
  --s1: .25rem; --s2: .5rem; --s3: .75rem; --s4: 1rem; --s5: 1.5rem; --s6: 2rem; --s7: 3rem; --s8: 4rem;
  --r1: 6px; --r2: 12px;
  --measure: 36rem; --wide: 62rem;
  --page: #f3f5f7; --surface: #ffffff; --sunken: #f7f9fa; --ink: #15212c; --muted: #4f5d6a; --line: #d9e0e6; --control: #6c7a87;
  --brand: #0b4f6c; --accent: #0b5f7d; --on-accent: #ffffff; --deny: #33424f; --on-deny: #ffffff; --link: #0b5f7d; --focus: #b8420a;
  --ok: #0f6b3e; --ok-bg: #e3f4ea; --warn: #7d4a00; --warn-bg: #fff1d6; --bad: #a8201a; --bad-bg: #fdeae8; --info: #0b4f6c; --info-bg: #e4f1f6; --off: #4f5d6a; --off-bg: #e9edf0;
}
@media (prefers-color-scheme: dark) { :root {
  --page: #0f161c; --surface: #18222b; --sunken: #131c24; --ink: #eaf0f4; --muted: #a9b7c3; --line: #2f3d49; --control: #8495a3;
  --brand: #0b4f6c; --accent: #7cc8e4; --on-accent: #06202b; --deny: #c4d0d9; --on-deny: #121b22; --link: #8ad0ea; --focus: #ffb37a;
  --ok: #8fdcb0; --ok-bg: #123524; --warn: #f6cd86; --warn-bg: #3a2a0d; --bad: #ffb0a8; --bad-bg: #431815; --info: #a5dbf0; --info-bg: #10303e; --off: #b4c1cb; --off-bg: #26323c;
} }
@media (prefers-contrast: more) { :root { --line: var(--control); --muted: var(--ink); } }
html.demo { --brand: #7a3b00; }
`;
