import { Note } from '@assent/pages';
import type { Notice } from '../flow/refusal.js';

/** How the last step went. */
export const Told = ({ notice }: { notice: Notice }) => (
  <Note tone={notice.tone} title={notice.title}>
    <p>{notice.text}</p>
  </Note>
);
