import { cHash, sHash, signAuthorizationResponse, signIdToken } from '@assent/crypto';
import { isHybrid } from '@assent/profiles';
import { epochSeconds, type AuthorizedContext, type Client, type OAuthError } from '@assent/protocol';
import { signingAlgName } from '@assent/signing-keys';
import { acrOf, idTokenClaims } from '../consent/told.js';
import type { Engine, IssuerRuntime } from '../engine.js';
import { holdResponse } from '../evidence/keep.js';
import { encryptIdToken, encryptToClient } from '../request/encrypt-to-client.js';
import type { OpenRequest } from './open-request.js';
import { ValidatedRedirect, type ResponseMessage, type SignResponse } from './validated-redirect.js';

/** Who answers, and when. */
interface Occasion {
  readonly engine: Pick<Engine, 'clientKeys' | 'stores'>;
  readonly now: Date;
}

/** The response with a code; for `code id_token` with the ID token that signs it (FAPI 1.0 Advanced 5.2.2.1). */
export async function respondWithCode(occasion: Occasion, open: OpenRequest, context: AuthorizedContext, code: string): Promise<ResponseMessage> {
  const idToken = isHybrid(open.request.responseType) ? await detachedSignature(occasion, open, context, code) : undefined;
  return ValidatedRedirect.of(open).code(code, signing(occasion, open.issuer, open.client), idToken);
}

export const respondWithError = (occasion: Occasion, open: OpenRequest, error: OAuthError): Promise<ResponseMessage> => ValidatedRedirect.of(open).error(error, signing(occasion, open.issuer, open.client));

/** JARM: signed with the client's algorithm and, where it registered so, encrypted to it (JM-09, JM-10). */
const signing =
  ({ engine, now }: Occasion, issuer: IssuerRuntime, client: Client): SignResponse =>
  async (parameters) => {
    const alg = client.authorization_signed_response_alg;
    if (alg === undefined) throw new Error(`the client ${client.client_id} has no algorithm for its responses`);
    const { responseLifetime } = issuer.policy;
    const signed = await signAuthorizationResponse({ issuer: issuer.issuer, clientId: client.client_id, now, lifetime: responseLifetime, parameters }, issuer.keys.signing(signingAlgName(alg)));
    await holdResponse({ engine, issuer, now }, client, parameters['code'], 'authorization_response', signed);
    const { authorization_encrypted_response_alg: keyAlg, authorization_encrypted_response_enc: enc } = client;
    return keyAlg === undefined ? signed : encryptToClient(engine, client, signed, keyAlg, enc);
  };

/** The same for a request that was refused before it was kept. */
export const refusing = signing;

/**
 * The ID token beside a code: who signed in, for this request (`nonce`), this code (`c_hash`) and this `state`
 * (`s_hash`, when one was sent). It passes through the browser, so it says nothing else of the customer (F1A-ID-03,
 * F1A-ID-04, F1A-ID-06).
 */
async function detachedSignature({ engine, now }: Occasion, { issuer, client, request }: OpenRequest, context: AuthorizedContext, code: string): Promise<string> {
  const key = issuer.keys.signing(signingAlgName(client.id_token_signed_response_alg));
  const issuedAt = epochSeconds(now);
  const { authentication } = context;
  const claims = {
    ...(await idTokenClaims(issuer, context, now, () => engine.stores.customers.find(context.customerId))),
    iss: issuer.issuer,
    sub: context.subject,
    aud: client.client_id,
    exp: issuedAt + issuer.policy.idTokenLifetime,
    iat: issuedAt,
    nonce: request.nonce,
    c_hash: cHash(code, key.alg),
    ...(request.state === undefined ? {} : { s_hash: sHash(request.state, key.alg) }),
    ...acrOf(issuer, authentication),
    amr: authentication.amr,
    ...(context.authTimeRequired ? { auth_time: epochSeconds(authentication.authTime) } : {}),
  };
  const signed = await signIdToken(claims, key);
  await holdResponse({ engine, issuer, now }, client, code, 'id_token', signed);
  return encryptIdToken(engine, client, signed);
}
