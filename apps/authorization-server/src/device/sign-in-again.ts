import { sha256, type Session } from '@assent/protocol';
import { classesOf, decide, essentialAcr } from '../authorize/decide.js';
import type { PendingRequest } from '../backchannel/pending-request.js';
import type { Visit } from '../interaction/visit.js';

/** What a session is worth for one request: enough, not enough until the customer signs in again, or never enough here. */
export type SessionWorth = { readonly is: 'enough' } | { readonly is: 'too-little'; readonly acrWanted: readonly string[] | undefined } | { readonly is: 'never-enough' };

/** How `Session.signedInFor` names a sign-in for this request. */
export const signedInForRequest = (id: string): string => sha256(`device\0${id}`).toString('hex');

/**
 * An essential `acr` must be met (OIDC-06). Classes the client only asks for (`acr_values`) are worth one more sign-in
 * where it can end in one of them; after that, what there is has to do.
 */
export function worthOf(visit: Visit, { id, request, client }: PendingRequest, session: Session): SessionWorth {
  const { issuer, interactions, now } = visit;
  const reachable = interactions.signIn.reachable(issuer.config.acrValues);
  const interaction = signedInForRequest(id);
  const { claims, acrValues } = request;
  const asked = { prompt: [], ...(claims && { claims }) };
  const decision = decide({ request: asked, session, interaction, reachable, known: classesOf(issuer.config), subjectOf: (customerId) => issuer.subjects.of(client, customerId), now });
  if (decision.do === 'sign-in' && decision.why === 'acr') return { is: 'too-little', acrWanted: essentialAcr(asked) };
  if (decision.do !== 'consent') return { is: 'never-enough' };
  const helps = acrValues.some((acr) => reachable.includes(acr)) && !acrValues.includes(session.acr) && session.signedInFor !== interaction;
  return helps && essentialAcr(asked) === undefined ? { is: 'too-little', acrWanted: acrValues } : { is: 'enough' };
}
