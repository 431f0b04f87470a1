/** Up to where a follower knows the feed. */
export interface FeedPosition {
  /** Whose transaction numbers `transaction` is one of. */
  readonly lineage: string;
  /** Everything written by earlier transactions is known. */
  readonly transaction: bigint;
  /** Of which log `arrivals` counts. */
  readonly log: string;
  /** So many of its arrivals are known. */
  readonly arrivals: number;
}

export const writeCursor = ({ lineage, transaction, log, arrivals }: FeedPosition): string => Buffer.from(JSON.stringify([lineage, String(transaction), log, arrivals])).toString('base64url');

/** `undefined` for what is no cursor of ours: its sender begins anew. */
export function readCursor(cursor: string): FeedPosition | undefined {
  if (cursor.length > 300) return undefined;
  try {
    const [lineage, transaction, log, arrivals] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    const sound = typeof lineage === 'string' && typeof transaction === 'string' && /^\d{1,20}$/.test(transaction) && typeof log === 'string' && Number.isSafeInteger(arrivals);
    return sound ? { lineage, transaction: BigInt(transaction), log, arrivals: arrivals as number } : undefined;
  } catch {
    return undefined;
  }
}
