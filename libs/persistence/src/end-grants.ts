import type { Clock } from '@assent/protocol';
import type { Stores } from './stores.js';

const some = 100;

/**
 * Ends the grants of deleted clients, each with its own version, event and audit line. A process that dies in the middle
 * leaves the rest to the next look: a deleted client is unended until no current grant is left, and for a minute at
 * least: a code that was being redeemed at the moment of the deletion may have made another.
 */
export async function endGrants({ stores, clock }: { readonly stores: Pick<Stores, 'registeredClients' | 'grantDirectory' | 'grants'>; readonly clock: Clock }): Promise<void> {
  for (const { issuer, clientId } of await stores.registeredClients.unended()) {
    for (;;) {
      const ids = await stores.grantDirectory.current(issuer, clientId, some);
      let revoked = 0;
      for (const grantId of ids) {
        const audit = { type: 'grant.revoked', issuer, clientId, grantId, detail: { by: 'system', reason: 'client_deleted' } };
        const outcome = await stores.grants.revoke({ grantId, actor: { kind: 'system', id: 'registration' }, reason: 'client_deleted', now: clock.now(), audit });
        if (outcome === 'revoked') revoked += 1;
      }
      // Nothing more to end, or nothing of it that can be ended.
      if (ids.length < some || revoked === 0) break;
    }
    await stores.registeredClients.ended({ issuer, clientId, now: clock.now() });
  }
}
