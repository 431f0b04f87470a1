import { signJws } from '@assent/crypto';
import { Message, send, type Answer } from '@assent/testing/fapi';
import { randomUUID } from 'node:crypto';
import type { Party } from './test-directory.js';

/** Asks for a client_credentials token, by `private_key_jwt` over mutual TLS. */
export async function ownToken({ issuer, tokenEndpoint, ca, clientId, party, scope }: { readonly issuer: string; readonly tokenEndpoint: string; readonly ca: string; readonly clientId: string; readonly party: Party; readonly scope?: string }): Promise<Answer> {
  const now = Math.floor(Date.now() / 1000);
  const assertion = await signJws({ typ: 'JWT' }, { iss: clientId, sub: clientId, aud: issuer, iat: now, exp: now + 60, jti: randomUUID() }, party.key.signing);
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: assertion, ...(scope !== undefined && { scope }) });
  return send(new Message({ method: 'POST', url: tokenEndpoint, headers: [['content-type', 'application/x-www-form-urlencoded'], ['x-fapi-interaction-id', randomUUID()]], body: form.toString(), identity: party.identity }), { ca });
}
