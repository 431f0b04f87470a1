import { constantTimeEqual } from '@assent/crypto';
import { LRUCache } from 'lru-cache';
import type { Till } from './till.js';

/** Requests the bank will tell of (CIBA section 10.2), by what it calls them. At most so many; the oldest give way. */
export class Notified {
  readonly #tills = new LRUCache<string, Till>({ max: 500 });

  expect(till: Till): void {
    if (till.notificationToken !== undefined) this.#tills.set(till.authReqId, till);
  }

  /** The bank says that the customer has decided: the next look at the screen asks. `false` when it cannot be the bank. */
  hear(authReqId: unknown, authorization: string | undefined): boolean {
    const till = typeof authReqId === 'string' ? this.#tills.get(authReqId) : undefined;
    if (!till || !constantTimeEqual(authorization ?? '', `Bearer ${till.notificationToken ?? ''}`)) return false;
    till.nextPollAt = 0;
    return true;
  }
}
