import { invalidAuthorizationDetails, invalidScope, mintId, newTag, type AccessTokenFacts, type AuthorizationDetail, type Client } from '@assent/protocol';
import { authenticateClient } from '../client-authentication/authenticate-client.js';
import { detailsForAudience, requestedDetails, resourcesOfDetails } from '../request/authorization-details.js';
import { auditOf, type Call } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { resourcesOf } from '../request/resources.js';
import { allowScopes, parseScope } from '../request/scope.js';
import { proveBinding } from '../sender-constraint/prove-binding.js';
import { planAccessToken, writeAccessToken } from './access-token.js';
import { scopeMember, type GrantFlow } from './grant-flow.js';
import { tokenSuffix } from './token-id.js';

/** A token for the client itself (RFC 6749 section 4.4): no customer, no grant, no refresh token (F2-AS-16). */
export const clientCredentials: GrantFlow = async (call) => {
  const client = await authenticateClient(call);
  const binding = await proveBinding(call, client, 'client_credentials');
  const authorizationDetails = ownDetails(call, client);
  const scope = ownScope(call, client, authorizationDetails.length > 0);
  const tag = newTag();
  const planned = planAccessToken(call, client, binding, tag);
  const audience = planned.audience.length > 0 ? planned.audience : defaultAudience(call, scope, authorizationDetails);
  const carried = detailsForAudience(authorizationDetails, audience, call.issuer.config.resources);
  const facts: AccessTokenFacts = {
    jti: `${mintId(tag)}.${tokenSuffix()}`,
    issuer: call.issuer.issuer,
    clientId: client.client_id,
    subject: client.client_id,
    scope,
    audience,
    issuedAt: call.now,
    expiresAt: planned.expiresAt,
    confirmation: planned.confirmation,
    ...(carried.length > 0 ? { authorizationDetails: carried } : {}),
  };
  const issued = await call.engine.stores.accessTokens.issue({
    facts,
    ...(planned.handle ? { handle: planned.handle } : {}),
    replay: call.proofs.spend(),
    audit: auditOf(call, 'token.issued', { grant_type: 'client_credentials' }),
  });
  refuseReplay(issued);
  return {
    access_token: await writeAccessToken(call, planned, facts),
    token_type: binding.tokenType,
    expires_in: call.issuer.policy.accessTokenLifetime,
    ...scopeMember(scope),
    ...(carried.length > 0 ? { authorization_details: carried } : {}),
  };
};

/** By policy of each type: what a customer must agree to, no client has for itself (RR-09). */
function ownDetails(call: Call, client: Client): readonly AuthorizationDetail[] {
  const details = requestedDetails(call, client);
  const index = details.findIndex((detail) => !call.engine.details.isWithoutCustomer(detail));
  if (index >= 0) throw invalidAuthorizationDetails(`authorization_details[${index}].type needs a customer: use the authorization code grant`, 'RR-09');
  return details;
}

/** Scopes that speak of a customer mean nothing in a token without one (OpenID Connect Core section 5.4). */
const aboutCustomers = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'];

/** The scope asked for; none beside details that say it all, otherwise by default all that the client is registered for and that makes sense without a customer. */
function ownScope(call: Call, client: Client, withDetails: boolean): readonly string[] {
  const asked = call.form.optional('scope');
  if (asked === undefined && withDetails) return [];
  if (asked === undefined) return client.scope.filter((name) => !aboutCustomers.includes(name));
  const scope = parseScope(asked);
  allowScopes(scope, client, call.issuer.config);
  const foreign = scope.find((name) => aboutCustomers.includes(name));
  if (foreign !== undefined) throw invalidScope(`the scope ${foreign} needs a customer: use the authorization code grant`, 'ASSENT-SCOPE-06');
  return scope;
}

function defaultAudience({ issuer }: Call, scope: readonly string[], details: readonly AuthorizationDetail[]): readonly string[] {
  const { resources: known } = issuer.config;
  const resources = [...new Set([...resourcesOf(scope, known), ...resourcesOfDetails(details, known)])];
  return resources.length > 0 ? resources : [issuer.issuer];
}
