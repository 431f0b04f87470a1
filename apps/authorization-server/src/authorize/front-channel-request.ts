import { invalidRequest, mintHandle, OAuthError, plusSeconds, type Client } from '@assent/protocol';
import { tagOfRequest } from '../consent/requested-consent.js';
import { holdRequestObject } from '../evidence/keep.js';
import { provenParameters, requestParameters, type RequestParameters } from '../par/request-parameters.js';
import { consentExists } from '../par/push.js';
import { readPushedRequest } from '../par/pushed-request.js';
import type { Visit } from '../interaction/visit.js';
import { refusing } from './authorization-response.js';
import type { RequestReference } from './request-reference.js';
import { ValidatedRedirect, type ResponseMessage } from './validated-redirect.js';

/** What becomes of a request that came through the browser. */
export type Taken = { readonly reference: RequestReference } | { readonly response: ResponseMessage; readonly client: Client };

/**
 * An authorization request that was not pushed, where the profile lets it come through the browser: plain, or signed,
 * by value or at a registered address (RFC 9101 section 5). It is judged and kept as a pushed one is, and goes on by a
 * reference of its own, so that all that follows is one and the same. Until the client and its redirect URI are
 * trusted every refusal is thrown, to be shown on a page; afterwards it is told to the client (F1A-AS-04, JM-15).
 */
export async function takeRequest(visit: Visit): Promise<Taken> {
  const client = await clientOf(visit);
  const parameters = await parametersOf(visit, client);
  try {
    return { reference: await keep(visit, client, parameters) };
  } catch (error) {
    const redirect = error instanceof OAuthError ? ValidatedRedirect.ofRefused(visit.issuer, client, parameters.form) : undefined;
    if (!redirect || !(error instanceof OAuthError)) throw error;
    await visit.engine.stores.audit.append({ type: 'authorize.refused', issuer: visit.issuer.issuer, clientId: client.client_id, requestId: visit.requestId, rule: error.rule, detail: { error: error.code } });
    return { response: await redirect.error(error, refusing(visit, visit.issuer, client)), client };
  }
}

/** JR-02: `client_id` stands outside, also beside a request object that repeats it. */
async function clientOf({ form, issuer }: Visit): Promise<Client> {
  const clientId = form.one('client_id');
  const client = issuer.clients.find(clientId) ?? (await issuer.clients.lookUp?.(clientId));
  if (!client || !client.grant_types.includes('authorization_code')) throw invalidRequest('the client is not known here, or may not ask for codes', 'JR-02');
  return client;
}

async function parametersOf(visit: Visit, client: Client): Promise<RequestParameters> {
  const occasion = { engine: visit.engine, issuer: visit.issuer, now: visit.now };
  const sent = await requestParameters(occasion, client, visit.form, 'front-channel');
  const uri = visit.form.optional('request_uri');
  return uri === undefined ? sent : provenParameters(occasion, client, await visit.engine.requestObjects.fetch(uri, client));
}

async function keep(visit: Visit, client: Client, { form, object }: RequestParameters): Promise<RequestReference> {
  const { engine, issuer, now, requestId } = visit;
  const { request, lodges } = await readPushedRequest({ engine, issuer, form, now }, client, undefined, 'front-channel');
  const { value, handle } = mintHandle(tagOfRequest(request), plusSeconds(now, issuer.policy.requestUriLifetime));
  const detail = { scope: request.scope, ...(object ? { signed: object.alg } : {}) };
  const audit = { type: 'authorize.requested', issuer: issuer.issuer, clientId: client.client_id, requestId, detail };
  if (object) await holdRequestObject({ engine, issuer, now }, client, handle, object);
  const pushed = await engine.stores.pushedRequests.push({ handle, request, ...(lodges && { lodges }), replay: [], audit });
  if (pushed.outcome === 'exists') throw consentExists();
  return { clientId: client.client_id, reference: value, handle };
}
