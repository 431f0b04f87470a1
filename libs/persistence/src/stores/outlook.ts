import type { Outlook } from '@assent/protocol';

export interface OutlookRow {
  readonly expires_at: Date | null;
  readonly once: boolean;
  readonly waiting: boolean;
  readonly [column: string]: unknown;
}

export const outlookFrom = ({ expires_at: expiresAt, once, waiting }: OutlookRow): Outlook => ({ expiresAt, once, waiting });
