import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { TppKey } from './tpp.js';

/** Form members of a client assertion (RFC 7523 section 2.2), for requests openid-client does not send. */
export async function clientAssertion(clientId: string, { key, kid, alg }: TppKey, issuer: string): Promise<{ readonly client_id: string; readonly client_assertion_type: string; readonly client_assertion: string }> {
  const jwt = await new SignJWT({}).setProtectedHeader({ alg, kid }).setIssuer(clientId).setSubject(clientId).setAudience(issuer).setJti(randomUUID()).setIssuedAt().setExpirationTime('60s').sign(key);
  return { client_id: clientId, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: jwt };
}
