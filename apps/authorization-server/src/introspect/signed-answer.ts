import type { ResourceConfig } from '@assent/config';
import { introspectionType, signIntrospection } from '@assent/crypto';
import { signsIntrospection } from '@assent/profiles';
import { notAcceptable, type AuthorizationDetail, type Client } from '@assent/protocol';
import { signingAlgName } from '@assent/signing-keys';
import { keepIntrospection } from '../evidence/keep.js';
import { detailsForAudience } from '../request/authorization-details.js';
import type { Answer, Call } from '../request/call.js';
import { encryptToClient } from '../request/encrypt-to-client.js';

/** What is known about a token, as RFC 7662 names it. */
type Description = { readonly client_id?: string; readonly aud?: string | readonly string[]; readonly scope?: string; readonly authorization_details?: readonly AuthorizationDetail[] };

/**
 * Whether this caller's answer is to be signed: it asks for that, or its registration or the profile has it so (RFC 9701
 * sections 4 and 6). 406 for a caller that must be answered in a form it says it does not take (MS-INT-01).
 */
export function wantsSignedAnswer({ accept, issuer }: Call, client: Client): boolean {
  if (accepts(accept, introspectionType)) return true;
  if (!signsIntrospection(client, issuer.policy)) return false;
  if (accept !== undefined && !accepts(accept, '*/*') && !accepts(accept, 'application/*')) throw notAcceptable(`answers are signed: accept ${introspectionType}`, 'MS-INT-01');
  return true;
}

/** Media ranges are few and short: parameters but `q=0` do not matter. */
function accepts(accept: string | undefined, type: string): boolean {
  return (accept ?? '').split(',').some((range) => {
    const [name = '', ...parameters] = range.toLowerCase().split(';').map((part) => part.trim());
    return name === type && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** The answer as a JWT for the resource server that asks, encrypted to it where it registered so (RFC 9701 section 5; MS-INT-04 to MS-INT-06). */
export async function signedAnswer(call: Call, client: Client, description: object | undefined): Promise<Answer> {
  const { issuer, engine, now } = call;
  const introspection = (description && forResources(description, client.introspection ?? [], issuer.config.resources)) ?? { active: false };
  const key = issuer.keys.signing(signingAlgName(client.introspection_signed_response_alg ?? issuer.config.accessTokenAlg));
  const jwt = await signIntrospection({ issuer: issuer.issuer, audience: client.client_id, introspection, now }, key);
  const told = introspection as { readonly grant_id?: string; readonly client_id?: string };
  await keepIntrospection(call, issuer.clients.find(told.client_id ?? ''), told.grant_id, jwt);
  call.replyHeaders['content-type'] = introspectionType;
  const { introspection_encrypted_response_alg: alg, introspection_encrypted_response_enc: enc } = client;
  return { status: 200, body: alg === undefined ? jwt : await encryptToClient(engine, client, jwt, alg, enc) };
}

/**
 * What a resource server may learn: of access tokens meant for it, and of those nothing that is meant for others
 * (RFC 9701 sections 3 and 5; MS-INT-03, MS-INT-07). A client that is no resource server learns nothing in this way:
 * what it got would be signed and about itself.
 */
export function forResources(description: Description, own: readonly string[], resources: readonly ResourceConfig[]): object | undefined {
  const audience = [description.aud ?? []].flat().filter((one) => own.includes(one));
  const [only, ...more] = audience;
  if (only === undefined) return undefined;
  const scopes = resources.filter(({ identifier }) => audience.includes(identifier)).flatMap((resource) => resource.scopes);
  const { scope, authorization_details: details } = description;
  return {
    ...description,
    aud: more.length === 0 ? only : audience,
    ...(scope !== undefined && { scope: scope.split(' ').filter((each) => scopes.includes(each)).join(' ') }),
    ...(details && { authorization_details: detailsForAudience(details, audience, resources) }),
  };
}
