import { importPrivateJwk, importPublicJwk, signBytes, type KeysById, type SigningKey } from '@assent/crypto';
import { requestTo, signMessage, signRequest, verifyResponse, type Component, type Fields, type HttpRequest, type SignatureParameters, type VerifiedSignature } from '@assent/http-signatures';
import { systemClock, type PublicJwk } from '@assent/protocol';
import { Message, send, type Answer, type FapiClient, type TestClient } from '@assent/testing/fapi';
import type { Stack } from './stack.js';

/** The key a test client signs with, as the libraries take it. */
export const signingKeyOf = ({ privateJwk }: TestClient): SigningKey => importPrivateJwk(privateJwk);

const requestOf = (message: Message): HttpRequest & { body?: Buffer } => ({
  ...requestTo(message.url.href, message.method, message.headers),
  ...(message.body !== undefined && { body: Buffer.from(message.body) }),
});

/** Signs a message as FAPI wants it, right before it is sent. */
export async function sign(message: Message, key: SigningKey, nonce?: string): Promise<void> {
  const { fields } = await signRequest(requestOf(message), { key, now: systemClock.now(), ...(nonce !== undefined && { nonce }) });
  for (const [name, value] of fields) message.addHeader(name, value);
}

/** Signs what and how the test likes. */
export async function signOver(message: Message, key: SigningKey, names: readonly string[], parameters: SignatureParameters = {}): Promise<void> {
  const components: Component[] = names.map((name) => ({ name }));
  const all = { created: Math.floor(systemClock.now().getTime() / 1000), keyid: key.kid, tag: 'fapi-2-request', ...parameters };
  const { fields } = await signMessage(requestOf(message), { label: 'sig1', components, parameters: all }, (base) => signBytes(key.alg, Buffer.from(base, 'latin1'), key.key));
  for (const [name, value] of fields) message.addHeader(name, value);
}

/** The published keys of the resource server. */
export async function answerKeys({ resource, ca }: Stack): Promise<KeysById> {
  const { json } = await send(new Message({ method: 'GET', url: `${resource}/jwks.json` }), { ca });
  const keys = (json['keys'] as readonly PublicJwk[]).map(importPublicJwk);
  return (kid) => keys.filter((key) => key.kid === kid);
}

/** Proves an answer's signature; `request` may stand in for the one that was sent. */
export function verifyAnswer(client: FapiClient, answer: Answer, keys: KeysById, request: HttpRequest = requestOf(client.last!.message)): Promise<VerifiedSignature> {
  const headers: Fields = [...answer.headers];
  return verifyResponse({ status: answer.status, headers, body: Buffer.from(answer.text) }, { request, keys, now: systemClock.now() });
}
