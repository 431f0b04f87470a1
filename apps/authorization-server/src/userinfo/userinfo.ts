import { insufficientScope, invalidDpopProof, invalidToken, parseHandle, type AccessTokenFacts, type Client, type Customer, type Grant } from '@assent/protocol';
import { peopleOf } from '../people.js';
import type { Call } from '../request/call.js';
import { refuseReplay } from '../request/replayed.js';
import { proveDpopKey } from '../sender-constraint/prove-binding.js';
import { looksLikeJwt, verifyOwnAccessToken } from '../token/own-access-token.js';
import { claimsOfScopes, releasedClaims } from './claims.js';
import { presentedToken, type PresentedToken, type Scheme } from './presented-token.js';

export interface UserInfo {
  readonly client: Client;
  readonly claims: Record<string, unknown>;
}

/**
 * What the access token lets its client know about the customer (OpenID Connect Core section 5.3). The token must be
 * alive in the database at this moment, used by the key it is bound to, and granted `openid`.
 */
export async function userinfo(call: Call): Promise<UserInfo> {
  const presented = presentedToken(call);
  const jkt = await proveKey(call, presented);
  const { facts, grant } = looksLikeJwt(presented.token) ? await readJwt(call, presented, jkt) : await readOpaque(call, presented, jkt);
  if (!facts.scope.includes('openid') || !grant) throw insufficientScope('the access token was not granted the scope openid', 'OIDC-08');
  const client = call.issuer.clients.find(facts.clientId);
  const person = await peopleOf(call.engine, call.issuer).find(grant.customerId);
  if (!client || !person) throw invalidToken('the access token is no longer valid', 'OIDC-08');
  const asked = [...claimsOfScopes(facts.scope), ...Object.keys(grant.claims?.userinfo ?? {})];
  return { client, claims: { ...releasedClaims(person.claims, asked), ...(await marketMembers(call, grant, person)), sub: facts.subject } };
}

/** What the market says of the customer beside single claims. */
async function marketMembers({ engine, issuer, now }: Call, { id: grantId }: Grant, { claims }: Pick<Customer, 'claims'>): Promise<object> {
  const members = issuer.config.market?.consent.userinfoMembers;
  const consent = members && (await engine.stores.consents.ofGrant({ grantId, now }));
  return consent ? members({ grantId, name: consent.name, expiresAt: consent.expiresAt, details: consent.details }, { claims, now }) : {};
}

interface ReadToken {
  readonly facts: AccessTokenFacts;
  readonly grant: Grant | undefined;
}

async function proveKey(call: Call, { scheme, token }: PresentedToken): Promise<string | undefined> {
  if (scheme === 'Bearer') return undefined;
  const jkt = await proveDpopKey(call, token);
  if (jkt === undefined) throw invalidDpopProof('a DPoP proof is required', 'F2-DP-01');
  return jkt;
}

async function readJwt(call: Call, { scheme, token }: PresentedToken, jkt: string | undefined): Promise<ReadToken> {
  const facts = await verifyOwnAccessToken(call, token);
  if (!facts) throw notValid();
  verifyConstraint(facts, scheme, jkt, call);
  const checked = await call.engine.stores.accessTokens.check(facts, call.proofs.spend(), call.now);
  refuseReplay(checked);
  if (checked.outcome === 'inactive') throw notValid();
  return { facts, grant: checked.grant };
}

async function readOpaque(call: Call, { scheme, token }: PresentedToken, jkt: string | undefined): Promise<ReadToken> {
  const handle = parseHandle(token);
  if (!handle) throw notValid();
  const found = await call.engine.stores.accessTokens.find(handle, call.proofs.spend(), call.now);
  refuseReplay(found);
  if (found.outcome === 'inactive' || found.facts.issuer !== call.issuer.issuer) throw notValid();
  verifyConstraint(found.facts, scheme, jkt, call);
  const { grantId } = found.facts;
  return { facts: found.facts, grant: grantId === undefined ? undefined : await call.engine.stores.grants.find(grantId) };
}

const notValid = () => invalidToken('the access token is not valid, has expired or was revoked', 'F2-RS-03');

/** The token's key is the one just proved, and the scheme is the one for it (F2-DP-12, F2-DP-20, F2-MT-04). */
function verifyConstraint({ confirmation }: AccessTokenFacts, scheme: Scheme, jkt: string | undefined, { transport }: Call): void {
  if (confirmation === undefined) {
    if (scheme !== 'Bearer') throw invalidToken('this access token is bound to no key: use the scheme Bearer', 'F2-RS-05');
    return;
  }
  if ('jkt' in confirmation) {
    if (scheme !== 'DPoP') throw invalidToken('this access token is bound to a DPoP key: use the scheme DPoP', 'F2-DP-20');
    if (jkt !== confirmation.jkt) throw invalidToken('the access token is bound to another DPoP key', 'F2-DP-12');
    return;
  }
  if (scheme !== 'Bearer') throw invalidToken('this access token is bound to a certificate: use the scheme Bearer', 'F2-MT-04');
  if (transport.certificate?.thumbprint !== confirmation['x5t#S256']) throw invalidToken('the access token is bound to another client certificate', 'F2-MT-04');
}
