import { signSecurityEvent } from '@assent/crypto';
import type { GrantEventType, GrantNotice } from '@assent/protocol';
import { signingAlgName, type KeyRings } from '@assent/signing-keys';
import type { Receivers } from './receivers.js';

/** Types of events (docs/events.md): `urn:assent:event:grant-revoked`, … */
export const eventUri = (event: GrantEventType): string => `urn:assent:event:grant-${event}`;

/** The token a client is sent: signed by the issuer as the client's ID tokens are. */
export function writeSecurityEvent(notice: GrantNotice, keys: KeyRings, receivers: Receivers): Promise<string> {
  const { issuer, clientId, jti, grantId, version, at, event, status, by, difference } = notice;
  const { client } = receivers.find(notice)!;
  return signSecurityEvent(
    {
      issuer,
      audience: clientId,
      jti,
      at,
      // A version is one transaction's work.
      transaction: `${grantId}.${version}`,
      subject: { format: 'opaque', id: grantId },
      events: { [eventUri(event)]: { grant_id: grantId, version, status, by, difference } },
    },
    keys.of(issuer).signing(signingAlgName(client.id_token_signed_response_alg)),
  );
}
