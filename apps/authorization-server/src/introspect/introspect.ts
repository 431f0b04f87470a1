import { epochSeconds, parseHandle, type AccessTokenFacts, type AuthorizedContext, type Client, type RefreshTokenFacts } from '@assent/protocol';
import { authenticateConfidentialClient } from '../client-authentication/authenticate-client.js';
import { factsOf, toldDetails } from '../consent/told.js';
import { detailsForAudience } from '../request/authorization-details.js';
import type { IssuerRuntime } from '../engine.js';
import type { AnswerCall, Call } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { signedAnswer, wantsSignedAnswer } from './signed-answer.js';
import { looksLikeJwt, verifyOwnAccessToken } from '../token/own-access-token.js';

/**
 * What a token is worth now (RFC 7662 section 2). A client learns about its own tokens, a resource server also about
 * those meant for it; about any other the answer is the same as for no token at all (INT-02, TM-INT-01). Signed for
 * those that want it so (RFC 9701).
 */
export const introspect: AnswerCall = async (call) => {
  const client = await authenticateConfidentialClient(call);
  const signed = wantsSignedAnswer(call, client);
  const token = call.form.one('token');
  const description = looksLikeJwt(token) ? await describeJwt(call, client, token) : await describeHandle(call, client, token);
  await spendLeftovers(call);
  return signed ? signedAnswer(call, client, description) : { status: 200, body: description ?? inactive };
};

const inactive = { active: false };

async function describeJwt(call: Call, client: Client, token: string): Promise<object | undefined> {
  const facts = await verifyOwnAccessToken(call, token);
  if (!facts || !entitled(call, client, facts)) return undefined;
  const checked = await call.engine.stores.accessTokens.check(facts, call.proofs.spend(), call.now);
  refuseReplay(checked);
  return checked.outcome === 'active' ? { ...describeAccessToken(visibleTo(call, client, facts)), ...(await consentMembers(call, client, facts)) } : undefined;
}

/** A wrong hint only changes which kind is looked for first (INT-04). */
async function describeHandle(call: Call, client: Client, token: string): Promise<object | undefined> {
  const refreshFirst = call.form.optional('token_type_hint') === 'refresh_token';
  const [first, second] = refreshFirst ? [refreshTokenByHandle, accessTokenByHandle] : [accessTokenByHandle, refreshTokenByHandle];
  return (await first(call, client, token)) ?? (await second(call, client, token));
}

async function accessTokenByHandle(call: Call, client: Client, token: string): Promise<object | undefined> {
  const handle = parseHandle(token);
  if (!handle) return undefined;
  const found = await call.engine.stores.accessTokens.find(handle, call.proofs.spend(), call.now);
  refuseReplay(found);
  if (found.outcome !== 'found' || found.facts.issuer !== call.issuer.issuer || !entitled(call, client, found.facts)) return undefined;
  return { ...describeAccessToken(visibleTo(call, client, found.facts)), ...(await consentMembers(call, client, found.facts)) };
}

async function refreshTokenByHandle(call: Call, client: Client, token: string): Promise<object | undefined> {
  const handle = parseHandle(token);
  if (!handle) return undefined;
  const found = await call.engine.stores.tokenFamilies.findRefreshToken(handle, call.proofs.spend(), call.now);
  refuseReplay(found);
  if (found.outcome !== 'found') return undefined;
  const { context } = found.facts;
  // Only the client that holds it has any business with a refresh token.
  const own = context.issuer === call.issuer.issuer && context.clientId === client.client_id && tells(call, 'refresh_token');
  return own ? describeRefreshToken(call, found.facts) : undefined;
}

/** In some markets clients are told of some of their tokens only. */
const tells = ({ issuer }: Call, kind: 'access_token' | 'refresh_token'): boolean => issuer.config.market?.introspection?.of.includes(kind) ?? true;

const entitled = (call: Call, client: Client, facts: AccessTokenFacts): boolean =>
  (facts.clientId === client.client_id && tells(call, 'access_token')) || ((client.introspection?.some((resource) => facts.audience.includes(resource)) ?? false) && isServed(call, facts));

/** A token of a client that was suspended or deleted since is worth nothing to anybody. */
const isServed = ({ engine, issuer }: Call, { clientId }: AccessTokenFacts): boolean => engine.registry.serves(issuer.issuer, clientId);

/** What the market says of the consent behind a client's own access token. */
async function consentMembers({ engine, issuer, now }: Call, client: Client, { clientId, grantId }: AccessTokenFacts): Promise<object> {
  const members = issuer.config.market?.consent.introspectionMembers;
  if (!members || grantId === undefined || clientId !== client.client_id) return {};
  const consent = await engine.stores.consents.ofGrant({ grantId, now });
  return consent ? members({ grantId, name: consent.name, expiresAt: consent.expiresAt, details: consent.details }) : {};
}

/**
 * The client learns of all details its token carries, a resource server of those that are for it: others are none of its
 * business (RFC 9396 section 9.2).
 */
function visibleTo({ issuer }: Call, client: Client, facts: AccessTokenFacts): AccessTokenFacts {
  const { authorizationDetails: all = [], ...rest } = facts;
  const asker = facts.clientId === client.client_id ? facts.audience : facts.audience.filter((resource) => client.introspection?.includes(resource));
  const forAsker = detailsForAudience(all, asker, issuer.config.resources);
  const authorizationDetails = facts.clientId === client.client_id ? toldDetails(issuer, forAsker) : forAsker;
  return authorizationDetails.length > 0 ? { ...rest, authorizationDetails } : rest;
}

function describeAccessToken(facts: AccessTokenFacts): object {
  return {
    active: true,
    iss: facts.issuer,
    client_id: facts.clientId,
    sub: facts.subject,
    aud: oneOrMany(facts.audience),
    ...(facts.scope.length > 0 ? { scope: facts.scope.join(' ') } : {}),
    iat: epochSeconds(facts.issuedAt),
    nbf: epochSeconds(facts.issuedAt),
    exp: epochSeconds(facts.expiresAt),
    jti: facts.jti,
    token_type: facts.confirmation && 'jkt' in facts.confirmation ? 'DPoP' : 'Bearer',
    ...(facts.confirmation && { cnf: facts.confirmation }),
    ...(facts.grantId === undefined ? {} : { grant_id: facts.grantId }),
    ...(facts.grantVersion === undefined ? {} : { grant_version: facts.grantVersion }),
    ...(facts.authorizationDetails === undefined ? {} : { authorization_details: facts.authorizationDetails }),
    ...(facts.acr === undefined ? {} : { acr: facts.acr }),
    ...(facts.authTime === undefined ? {} : { auth_time: epochSeconds(facts.authTime) }),
  };
}

const describeRefreshToken = ({ issuer }: Call, { context, issuedAt, expiresAt }: RefreshTokenFacts): object => ({
  active: true,
  iss: context.issuer,
  client_id: context.clientId,
  sub: context.subject,
  ...(context.scope.length > 0 ? { scope: context.scope.join(' ') } : {}),
  iat: epochSeconds(issuedAt),
  exp: epochSeconds(earlier(expiresAt, context.consent?.expiresAt)),
  grant_id: context.grantId,
  ...(toldDetails(issuer, context.authorizationDetails).length > 0 ? { authorization_details: toldDetails(issuer, context.authorizationDetails) } : {}),
  ...membersOf(issuer, context),
});

function membersOf({ config: { market } }: IssuerRuntime, context: AuthorizedContext): object {
  const facts = factsOf(context);
  return (facts && market?.consent.introspectionMembers?.(facts)) ?? {};
}

const earlier = (one: Date, other: Date | null | undefined): Date => (other && other.getTime() < one.getTime() ? other : one);

const oneOrMany = (values: readonly string[]): string | readonly string[] => (values.length === 1 && values[0] !== undefined ? values[0] : values);

/** A token that needed no look into the database still costs the caller its assertion. */
export async function spendLeftovers(call: Call): Promise<void> {
  const left = call.proofs.spend();
  if (left.length > 0) refuseReplay(await call.engine.stores.replay.spend(left));
}
