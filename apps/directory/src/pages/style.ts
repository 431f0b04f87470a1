import { stylesheet } from '@assent/pages';
import { createHash } from 'node:crypto';

/** The shared stylesheet, and what only these pages need. */
export const directoryStylesheet = `${stylesheet}
.row.software { grid-template-columns: 2.5rem minmax(0, 1.5fr) minmax(0, 1fr) 8rem; }
.files { display: grid; gap: var(--s3); grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); margin-block-start: var(--s3); }
.files .btn { inline-size: 100%; }
.card .code { margin-block-start: var(--s3); }
.certificates h3::first-letter { text-transform: uppercase; }
.acts { display: flex; flex-wrap: wrap; gap: var(--s3); }
.certificates > li { display: grid; grid-template-columns: 1fr auto; gap: var(--s3) var(--s4); align-items: center; padding-block: var(--s4); }
.certificates > li + li { border-block-start: 1px solid var(--line); }
.certificates > li > * { min-inline-size: 0; }
.certificates .stack > * + * { margin-block-start: var(--s1); }
@media (max-width: 46rem) { .row.software { grid-template-columns: 2.5rem 1fr; } }
@media (max-width: 30rem) { .certificates > li { grid-template-columns: 1fr; } .certificates > li > :last-child { justify-self: start; } .files { grid-template-columns: 1fr; } }
`;
export const directoryStylesheetTag = `"${createHash('sha256').update(directoryStylesheet).digest('base64url').slice(0, 22)}"`;
