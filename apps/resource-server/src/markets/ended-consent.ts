import { invalidToken, type AccessTokenFacts, type Clock, type Consents, type ConsentStatus, type OAuthError } from '@assent/protocol';

/*
 * Why a token was revoked: its consent has ended, or it was superseded by a newer agreement on the same consent. Markets
 * that answer the two differently tell them apart by the rule.
 */

export const hasEnded = (status: ConsentStatus | undefined): boolean => status === 'revoked' || status === 'expired' || status === 'rejected' || status === 'consumed';

export const endedConsent = (): OAuthError => invalidToken('the consent behind the access token has ended', 'ASSENT-MK-12');

/** Asked of revoked tokens alone: a good one costs no look at its consent. */
export const refuseRevoked =
  (consents: Pick<Consents, 'ofGrant'>, clock: Clock) =>
  async ({ grantId }: Pick<AccessTokenFacts, 'grantId'>): Promise<OAuthError | undefined> => {
    if (grantId === undefined) return undefined;
    const consent = await consents.ofGrant({ grantId, now: clock.now() });
    return hasEnded(consent?.status) ? endedConsent() : undefined;
  };
