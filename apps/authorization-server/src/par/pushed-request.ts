import { isS256Challenge } from '@assent/crypto';
import { spokenScopes } from '@assent/markets';
import { clustersOf } from '@assent/pages';
import { enforce, responseTypeOf, type RequestWay } from '@assent/profiles';
import { invalidRequest, invalidScope, type CarriedConsent, type Client, type Form, type PushedRequest } from '@assent/protocol';
import { requestedConsent } from '../consent/requested-consent.js';
import { openSealed } from '../consent/sealed-members.js';
import type { AuthorizationCall } from '../request/call.js';
import { requestedDetails, resourcesAskedFor } from '../request/authorization-details.js';
import { allowScopes, parseScope } from '../request/scope.js';
import { findNamedGrant, grantManagementParameters } from './grant-management.js';
import { subjectOfHint } from './id-token-hint.js';
import { openIdParameters } from './openid-parameters.js';

/** The parameters we act on; anything else is tolerated and ignored. */
const understood = new Set([
  'client_id', 'client_assertion', 'client_assertion_type', 'response_type', 'response_mode', 'redirect_uri', 'scope', 'resource', 'state', 'nonce',
  'code_challenge', 'code_challenge_method', 'dpop_jkt', 'authorization_details', 'prompt', 'max_age', 'acr_values', 'claims', 'login_hint', 'id_token_hint', 'ui_locales',
  'grant_management_action', 'grant_id',
]); // prettier-ignore

/** A request, and the consent that is to be lodged with it. */
export interface ReadRequest {
  readonly request: PushedRequest;
  readonly lodges?: CarriedConsent;
}

/**
 * The authorization request a client pushes, judged by every rule of the profile and then read (RFC 9126 section 2.1).
 * Throws the refusal of the first parameter that is not acceptable.
 */
export async function readPushedRequest(sent: AuthorizationCall, client: Client, provenJkt: string | undefined, way: RequestWay = 'pushed'): Promise<ReadRequest> {
  const { issuer, now } = sent;
  enforce(issuer.profile, 'par', { client, form: sent.form.refuseRepeats(), dpopProofJkt: provenJkt, way });
  const form = await openSealed(sent, client);
  const call = { ...sent, form };
  const openId = openIdParameters(form, client);
  const managed = grantManagementParameters(form, client, issuer.config.grantManagement);
  const grant = await findNamedGrant(call, client, managed);
  const named = requestedDetails(call, client, grant?.authorizationDetails);
  const allowed = readScope(call, client);
  const { consent, authorizationDetails, claims, lodges } = await requestedConsent(call, client, { scope: allowed, claims: openId.claims, authorizationDetails: named, backchannel: false });
  const scope = keptScope(allowed, call, openId.prompt, authorizationDetails.length > 0);
  const dpopJkt = issuer.policy.senderConstraint.includes('dpop') ? (readDpopJkt(form) ?? provenJkt) : undefined;
  const hint = form.optional('id_token_hint');
  const responseMode = form.optional('response_mode');
  const state = form.optional('state');
  const codeChallenge = form.optional('code_challenge');
  const request: PushedRequest = {
    issuer: issuer.issuer,
    clientId: client.client_id,
    redirectUri: form.one('redirect_uri'),
    responseType: responseTypeOf(form.one('response_type')),
    scope,
    resources: resourcesAskedFor(call, scope, authorizationDetails),
    ...openId,
    ...(claims && { claims }),
    authorizationDetails,
    ...managed,
    ...(consent && { consent }),
    pushedAt: now,
    ...(codeChallenge === undefined ? {} : { codeChallenge }),
    ...(responseMode === undefined ? {} : { responseMode }),
    ...(dpopJkt === undefined ? {} : { dpopJkt }),
    ...(hint === undefined ? {} : { idTokenHintSubject: await subjectOfHint(hint, issuer) }),
    ...(state === undefined ? {} : { state }),
  };
  return { request, ...(lodges && { lodges }) };
}

/** Names of parameters that were sent and mean nothing here, for the audit line: a few, and short. */
export const ignoredParameters = (form: Form): string[] =>
  form.names().filter((name) => !understood.has(name) && name.length <= 40).slice(0, 10); // prettier-ignore

/** Within what client and issuer know. */
function readScope({ form, issuer }: AuthorizationCall, client: Client): readonly string[] {
  const text = form.optional('scope');
  const scope = text === undefined ? [] : parseScope(text);
  allowScopes(scope, client, issuer.config);
  return scope;
}

/** None where details say what is asked for (RFC 9396 section 3.1). `offline_access` counts only together with `prompt=consent` (OIDC-09). */
function keptScope(scope: readonly string[], { issuer }: AuthorizationCall, prompt: readonly string[], optional: boolean): readonly string[] {
  if (scope.length === 0 && optional) return [];
  if (scope.length === 0) throw invalidScope('scope is required, unless authorization_details says what is asked for', 'ASSENT-SCOPE-04');
  const kept = prompt.includes('consent') ? scope : scope.filter((name) => name !== 'offline_access');
  if (kept.length > 0 && !optional && clustersOf(spokenScopes(kept, issuer.config.market)).length === 0) throw invalidScope('these scopes open nothing of a customer: ask for them with client_credentials', 'ASSENT-SCOPE-07');
  if (kept.length === 0 && !optional) throw invalidScope('offline_access alone grants nothing, and needs prompt=consent', 'OIDC-09');
  return kept;
}

/** The key the code is to be bound to, by name (RFC 9449 section 10); asked only where the profile knows such keys. */
function readDpopJkt(form: Form): string | undefined {
  const named = form.optional('dpop_jkt');
  if (named !== undefined && !isS256Challenge(named)) throw invalidRequest('dpop_jkt must be the base64url SHA-256 thumbprint of a key', 'F2-DP-16');
  return named;
}
