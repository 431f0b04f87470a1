import { Message, responseOf, send, type Answer, type Change, type FapiClient, type Prepared, type Visitor, customers } from '@assent/testing/fapi';
import * as oauth from 'oauth4webapi';

type Members = Record<string, oauth.JsonValue | undefined>;

/** What is different about a signed request; everything left out stays good. */
export interface SignedChange extends Change {
  /** The request object, right before it is signed. */
  readonly object?: (header: Members, claims: Members) => void;
  /** What it is signed with instead of the registered key. */
  readonly objectKey?: oauth.PrivateKey;
  /** The signed object, right before it is put into the form. */
  readonly signed?: (object: string) => string | Promise<string>;
}

/** The request as a signed object (RFC 9101), made by oauth4webapi. */
export async function requestObject(client: FapiClient, prepared: Pick<Prepared, 'parameters'>, change: SignedChange = {}): Promise<string> {
  const signed = await oauth.issueRequestObject(client.as, client.metadata, new URLSearchParams(prepared.parameters), change.objectKey ?? client.test.signing, change.object ? { [oauth.modifyAssertion]: change.object } : {});
  return change.signed ? change.signed(signed) : signed;
}

/** Pushes the request as a signed object (RFC 9126 section 3). */
export async function pushSigned(client: FapiClient, prepared: Prepared, change: SignedChange = {}): Promise<Answer> {
  return client.push({ ...prepared, parameters: { request: await requestObject(client, prepared, change) } }, change);
}

/** Pushes, and says where to send the browser. Throws when the push is refused. */
export async function beginSigned(client: FapiClient, changes: Readonly<Record<string, string | undefined>> = {}): Promise<{ readonly prepared: Prepared; readonly url: URL }> {
  const prepared = await client.prepare(changes);
  const { request_uri: requestUri } = await oauth.processPushedAuthorizationResponse(client.as, client.metadata, responseOf(await pushSigned(client, prepared)));
  return { prepared, url: client.authorizationUrl(requestUri) };
}

/** Fetches of oauth4webapi (key sets) over the test's own connection. */
export const fetching = (ca: string) => ({ [oauth.customFetch]: async (url: string) => responseOf(await send(new Message({ method: 'GET', url }), { ca })) });

/** A signed authorization response as oauth4webapi judges it (JARM section 2.4): decrypted, issuer, client, end, signature, state. */
export function jarmResponse(client: FapiClient, ca: string, callback: URL | URLSearchParams, state: string, decrypt?: oauth.JweDecryptFunction): Promise<URLSearchParams> {
  return oauth.validateJwtAuthResponse(client.as, client.metadata, callback, state, { ...fetching(ca), ...(decrypt ? { [oauth.jweDecrypt]: decrypt } : {}) });
}

/** The whole front channel of a signed request: pushed, signed in as Ana (when the browser is not yet) and allowed. */
export async function authorizeSigned(client: FapiClient, visitor: Visitor, changes: Readonly<Record<string, string | undefined>> = {}): Promise<{ readonly prepared: Prepared; readonly callback: URL }> {
  const { prepared, url } = await beginSigned(client, changes);
  return { prepared, callback: await visitor.approve(url, customers.ana) };
}

/** The form of a form_post page: where it goes, and what it carries. */
export function postedForm(page: Pick<Answer, 'text'>): { readonly to: URL; readonly fields: URLSearchParams } {
  const unescape = (text: string) => text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
  const form = /<form id="form-post"[^>]* action="([^"]+)"/.exec(page.text);
  if (!form) throw new Error('no form');
  const fields = [...page.text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [unescape(name!), unescape(value!)] as [string, string]);
  return { to: new URL(unescape(form[1]!)), fields: new URLSearchParams(fields) };
}
