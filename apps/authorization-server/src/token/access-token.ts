import { signAccessToken } from '@assent/crypto';
import { mintHandle, plusSeconds, type AccessTokenFacts, type AuthorizedContext, type Client, type NewAccessToken, type Outlook } from '@assent/protocol';
import { detailsForAudience } from '../request/authorization-details.js';
import type { Call } from '../request/call.js';
import { accessTokenFormat, namedResources } from '../request/resources.js';
import type { Binding } from '../sender-constraint/prove-binding.js';

/** An access token decided on but not yet allowed: what the store keeps of it, and its value when it is opaque. */
export interface PlannedAccessToken extends Omit<NewAccessToken, 'jti'> {
  readonly value: string | undefined;
}

/**
 * Plans the access token of a request: format, audience, end and key. `invalid_target` for an unknown resource. While
 * others have still to say yes it is opaque whatever its resource prefers: whoever reads it must ask here, and learns
 * that it opens nothing yet.
 */
export function planAccessToken(call: Call, client: Client, binding: Binding, tag: number, outlook?: Outlook): PlannedAccessToken {
  const { resources } = call.issuer.config;
  const audience = namedResources(call.form.all('resource'), resources);
  const plan = { audience, expiresAt: plusSeconds(call.now, call.issuer.policy.accessTokenLifetime), confirmation: binding.confirmation };
  if (!outlook?.waiting && accessTokenFormat(client, audience, resources) === 'jwt') return { ...plan, format: 'jwt', value: undefined };
  const { value, handle } = mintHandle(tag, plan.expiresAt);
  return { ...plan, format: 'opaque', handle, value };
}

/** The planned token's facts, now that the store has said whose authorization it stands on. */
export function grantedFacts(call: Call, planned: PlannedAccessToken, context: AuthorizedContext, granted: { jti: string; scope: readonly string[] }): AccessTokenFacts {
  const audience = planned.audience.length > 0 ? planned.audience : context.resources;
  const authorizationDetails = detailsForAudience(context.authorizationDetails, audience, call.issuer.config.resources);
  return {
    jti: granted.jti,
    issuer: context.issuer,
    clientId: context.clientId,
    subject: context.subject,
    scope: granted.scope,
    // A token for no resource server is still good for UserInfo.
    audience: audience.length > 0 ? audience : [context.issuer],
    issuedAt: call.now,
    expiresAt: planned.expiresAt,
    confirmation: planned.confirmation,
    grantId: context.grantId,
    grantVersion: context.grantVersion,
    ...(authorizationDetails.length > 0 ? { authorizationDetails } : {}),
    acr: context.authentication.acr,
    authTime: context.authentication.authTime,
  };
}

/** The token to hand out: the opaque value, or a JWT signed now (RFC 9068). */
export async function writeAccessToken(call: Call, planned: PlannedAccessToken, facts: AccessTokenFacts): Promise<string> {
  return planned.value ?? signAccessToken(facts, call.issuer.keys.signing(call.issuer.config.accessTokenAlg));
}
