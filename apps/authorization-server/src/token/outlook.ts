import { plusSeconds, type Outlook } from '@assent/protocol';
import type { Call } from '../request/call.js';

/** Asked only in markets, where the consent decides how long its refresh token lives; elsewhere it costs nothing. */
export const outlookIn = async ({ issuer }: Pick<Call, 'issuer'>, ask: () => Promise<Outlook | undefined>): Promise<Outlook | undefined> => (issuer.config.market ? ask() : undefined);

/**
 * The end of a refresh token: that of the consent behind it, exactly; `undefined`: there is none, as the consent is
 * used once and its market gives none then. Without a consent it is the policy's.
 */
export function refreshEnd({ issuer, now }: Pick<Call, 'issuer' | 'now'>, outlook: Outlook | undefined): Date | undefined {
  const { market } = issuer.config;
  if (market && outlook?.once && market.refreshTokens.life === 'none-when-once') return undefined;
  return (market && outlook?.expiresAt) ?? plusSeconds(now, issuer.policy.refreshTokenLifetime);
}
