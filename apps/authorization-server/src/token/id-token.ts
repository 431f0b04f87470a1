import { atHash, signIdToken } from '@assent/crypto';
import { epochSeconds, type AuthorizedContext, type Client } from '@assent/protocol';
import { acrOf, idTokenClaims } from '../consent/told.js';
import { peopleOf } from '../people.js';
import { encryptIdToken } from '../request/encrypt-to-client.js';
import { releasedClaims } from '../userinfo/claims.js';
import { signingAlgName } from '@assent/signing-keys';
import type { Call } from '../request/call.js';

/** An ID token as it was signed, and as it is handed out: the same, or encrypted. */
export interface IssuedIdToken {
  readonly signed: string;
  readonly value: string;
}

/**
 * The ID token of an authorization (OpenID Connect Core sections 2 and 12.2): the first one repeats the request's
 * nonce; a refreshed one keeps issuer, subject, audience and `auth_time` and carries none (OIDC-11).
 */
export async function issueIdToken(call: Call, client: Client, context: AuthorizedContext, answer: { accessToken: string; nonce: string | undefined; claims?: Readonly<Record<string, unknown>> }): Promise<IssuedIdToken> {
  const key = call.issuer.keys.signing(signingAlgName(client.id_token_signed_response_alg));
  const issuedAt = epochSeconds(call.now);
  const { authentication, claims } = context;
  const authTimeAsked = context.authTimeRequired || claims?.id_token?.['auth_time'] !== undefined;
  const signed = await signIdToken(
    {
      ...(await requestedClaims(call, context)),
      ...(await idTokenClaims(call.issuer, context, call.now, () => peopleOf(call.engine, call.issuer).find(context.customerId))),
      ...answer.claims,
      iss: context.issuer,
      sub: context.subject,
      aud: client.client_id,
      exp: issuedAt + call.issuer.policy.idTokenLifetime,
      iat: issuedAt,
      ...acrOf(call.issuer, authentication),
      amr: authentication.amr,
      at_hash: atHash(answer.accessToken, key.alg),
      ...(authTimeAsked ? { auth_time: epochSeconds(authentication.authTime) } : {}),
      ...(answer.nonce === undefined ? {} : { nonce: answer.nonce }),
    },
    key,
  );
  return { signed, value: await encryptIdToken(call.engine, client, signed) };
}

/** What the `claims` parameter asked to have in the ID token, of what the bank holds (OIDC-05). */
async function requestedClaims(call: Call, { claims, customerId }: AuthorizedContext): Promise<Record<string, unknown>> {
  const names = Object.keys(claims?.id_token ?? {}).filter((name) => name !== 'auth_time' && name !== 'acr');
  if (names.length === 0) return {};
  const person = await peopleOf(call.engine, call.issuer).find(customerId);
  return person ? releasedClaims(person.claims, names) : {};
}
