import { parseStrictJson } from '@assent/crypto';
import type { Policy } from '@assent/profiles';
import { invalidRequest, invalidScope, type BackchannelRequest, type Client, type Form } from '@assent/protocol';
import { requestedConsent, type FoundConsent } from '../consent/requested-consent.js';
import { findNamedGrant, grantManagementParameters } from '../par/grant-management.js';
import { requestedDetails, resourcesAskedFor } from '../request/authorization-details.js';
import type { AuthorizationCall } from '../request/call.js';
import { allowScopes, parseScope } from '../request/scope.js';
import { readBindingMessage } from './binding-message.js';

/** A request as far as it says by itself what it asks for; whom it asks is found next. */
export interface ReadRequest {
  readonly asked: Omit<BackchannelRequest, 'customerId'>;
  /** The consent it is about, where that was lodged before. */
  readonly lodged: FoundConsent['lodged'];
  /** Whose the grant is that it names. */
  readonly grantOf: string | undefined;
}

/**
 * The parameters of an authentication request (CIBA section 7.1), every one judged. Unknown ones are ignored, repeated
 * ones refused (CB-RQ-14). Throws the refusal of the first that is not acceptable.
 */
export async function readRequest(call: AuthorizationCall, client: Client): Promise<ReadRequest> {
  const { issuer, now } = call;
  const form = call.form.refuseRepeats();
  const managed = grantManagementParameters(form, client, issuer.config.grantManagement);
  const grant = await findNamedGrant(call, client, managed);
  const named = requestedDetails(call, client, grant?.authorizationDetails);
  const scope = readScope(call, client);
  const { consent, authorizationDetails, lodged, lodges } = await requestedConsent(call, client, { scope, claims: undefined, authorizationDetails: named, backchannel: true });
  if (lodges) throw invalidRequest('a consent under a name of your own is asked for by a pushed authorization request', 'ASSENT-CONSENT-04');
  const bindingMessage = readBindingMessage(call, authorizationDetails);
  const requestContext = readContext(form);
  return {
    asked: {
      issuer: issuer.issuer,
      clientId: client.client_id,
      scope,
      resources: resourcesAskedFor(call, scope, authorizationDetails),
      acrValues: readAcrValues(form) ?? client.default_acr_values ?? [],
      authorizationDetails,
      ...managed,
      ...(consent && { consent }),
      delivery: client.backchannel_token_delivery_mode ?? 'poll',
      ...(bindingMessage === undefined ? {} : { bindingMessage }),
      ...(requestContext === undefined ? {} : { requestContext }),
      requestedAt: now,
    },
    lodged,
    grantOf: grant?.customerId,
  };
}

/** An authentication request is OpenID's: `openid` is always there (CB-RQ-03). */
function readScope({ form, issuer }: AuthorizationCall, client: Client): readonly string[] {
  const text = form.optional('scope');
  if (text === undefined) throw invalidRequest('scope is required and must contain openid', 'CB-RQ-03');
  const scope = parseScope(text);
  if (!scope.includes('openid')) throw invalidScope('scope must contain openid', 'CB-RQ-03');
  allowScopes(scope, client, issuer.config);
  return scope;
}

const readAcrValues = (form: Form): readonly string[] | undefined => {
  const values = form.optional('acr_values')?.split(' ').filter((value) => value !== '');
  return values && [...new Set(values)];
};

const longestContext = 4000;

/** Signals for whoever judges fraud: a JSON object, kept as it came (CB-RQ-18). */
function readContext(form: Form): Readonly<Record<string, unknown>> | undefined {
  const text = form.optional('request_context');
  if (text === undefined) return undefined;
  const parsed = text.length <= longestContext ? parseStrictJson(text) : undefined;
  const value = parsed?.value;
  // JSON that PostgreSQL cannot keep: NUL, and halves of surrogate pairs.
  if (typeof value !== 'object' || value === null || Array.isArray(value) || /\\u0000|\\ud[89a-f]/i.test(text)) {
    throw invalidRequest(`request_context must be a JSON object of at most ${longestContext} characters`, 'CB-RQ-18');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Seconds the request lives: as asked, within the least and the most there is (CB-RQ-12). */
export function readExpiry(form: Form, { cibaMinExpiry: least, cibaMaxExpiry: most }: Pick<Policy, 'cibaMinExpiry' | 'cibaMaxExpiry'>): number {
  const text = form.optional('requested_expiry');
  if (text === undefined) return most;
  if (!/^[1-9]\d{0,9}$/.test(text)) throw invalidRequest('requested_expiry must be a positive whole number of seconds', 'CB-RQ-12');
  return Math.max(least, Math.min(Number(text), most));
}

/** RFC 6750 section 2.1; 22 characters of base64 hold 128 bits. */
const bearer = /^[A-Za-z0-9\-._~+/]+=*$/;

/** What the client wants to be told by (CB-RQ-08). `undefined` for clients that poll. */
export function readNotificationToken(form: Form, client: Client): string | undefined {
  if (client.backchannel_token_delivery_mode !== 'ping') return undefined;
  const token = form.optional('client_notification_token');
  if (token === undefined) throw invalidRequest('client_notification_token is required for clients that are notified', 'CB-RQ-08');
  if (token.length > 1024 || !bearer.test(token)) throw invalidRequest('client_notification_token must be a bearer token of at most 1024 characters', 'CB-RQ-08');
  if (token.length < 22) throw invalidRequest('client_notification_token must hold at least 128 bits of entropy', 'CB-RQ-08');
  return token;
}
