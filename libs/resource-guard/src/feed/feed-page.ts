import type { Revocation, RevocationSubject } from '@assent/protocol';

/** One answer of the feed's server (docs/adr/0015). */
export interface FeedPage {
  /** To be sent with the next question; it means something to the server alone. */
  readonly cursor: string;
  /** Whether this is all there is. Otherwise more can be had at once. */
  readonly complete: boolean;
  /** Milliseconds after the question arrived as of which a complete answer is complete; below zero: before it arrived. */
  readonly asOfMs: number;
  readonly revocations: readonly Revocation[];
}

const subjects: readonly unknown[] = ['token', 'family', 'grant', 'version'];

/** Reads an answer. Throws when anything in it is not understood: a revocation that is skipped would be a stale yes. */
export function readFeedPage(body: Readonly<Record<string, unknown>>): FeedPage {
  const { cursor, complete, as_of_ms: asOfMs, revocations } = body;
  const sound = typeof cursor === 'string' && cursor !== '' && typeof complete === 'boolean' && typeof asOfMs === 'number' && Number.isFinite(asOfMs) && Array.isArray(revocations);
  if (!sound) throw new Error('the revocation feed answered with something else');
  return { cursor, complete, asOfMs, revocations: revocations.map(readRevocation) };
}

function readRevocation(value: unknown): Revocation {
  const { subject, id, until, below } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const sound = subjects.includes(subject) && typeof id === 'string' && typeof until === 'number' && (subject === 'version') === Number.isInteger(below);
  if (!sound) throw new Error('the revocation feed names a revocation that is not understood');
  return { subject: subject as RevocationSubject, id: id as string, until: new Date((until as number) * 1000), ...(subject === 'version' && { below: below as number }) };
}
