import { Form, invalidRequestObject, type OAuthError } from '@assent/protocol';
import { isObject, type JsonObject } from '../strict-json.js';

/** Claims about the object itself: no parameters of the request (RFC 9101 section 4). */
const aboutTheObject = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti']);

type Native = (value: unknown) => readonly string[] | undefined;

const wholeNumber: Native = (value) => (typeof value === 'number' && Number.isSafeInteger(value) ? [String(value)] : undefined);
const object: Native = (value) => (isObject(value) ? written(value) : undefined);
const array: Native = (value) => (Array.isArray(value) ? written(value) : undefined);
const texts: Native = (value) => (Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : text(value));
const text: Native = (value) => (typeof value === 'string' ? [value] : undefined);

/** Reading JSON takes no stack and writing it does: what is nested without end can be read and not written. */
function written(value: object): readonly string[] | undefined {
  try {
    return [JSON.stringify(value)];
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** CIBA section 7.1.1: a number or its text. */
const numberOrText: Native = (value) => wholeNumber(value) ?? text(value);

/** Parameters that are no texts inside an object; in a form the same are numbers and JSON written down (JR-09). */
const native: ReadonlyMap<string, Native> = new Map([['max_age', wholeNumber], ['claims', object], ['authorization_details', array], ['resource', texts], ['requested_expiry', numberOrText], ['request_context', object]]);

/** Parameters that mean something here and are texts. What nobody knows is left out whatever it is. */
const known = new Set([
  'client_id', 'response_type', 'response_mode', 'redirect_uri', 'scope', 'state', 'nonce', 'code_challenge', 'code_challenge_method', 'dpop_jkt', 'prompt',
  'acr_values', 'login_hint', 'id_token_hint', 'ui_locales', 'grant_id', 'grant_management_action', 'display', 'claims_locales', 'registration',
  'login_hint_token', 'binding_message', 'user_code', 'client_notification_token',
]); // prettier-ignore

/**
 * The parameters of a proved request object as a form: what reads forms reads signed requests. Texts stay texts,
 * numbers and JSON are written down as a form carries them. `invalid_request_object` for a parameter of the wrong type
 * (RFC 9101 section 4, RFC 9396 section 3; JR-09) and for text that cannot be kept.
 */
export function formOfRequestObject(claims: JsonObject): Form {
  const pairs: [string, string][] = [];
  for (const [name, value] of Object.entries(claims)) {
    if (aboutTheObject.has(name)) continue;
    const read = native.get(name);
    const values = (read ?? text)(value);
    if (values === undefined && (read || known.has(name))) throw refuse(`${name} has the wrong type`);
    for (const one of values ?? []) pairs.push([name, storable(name, one)]);
  }
  return Form.of(pairs);
}

const refuse = (what: string): OAuthError => invalidRequestObject(`request object: ${what}`, 'JR-09');

/** A form on the wire cannot hold these either: NUL, and halves of surrogate pairs. */
function storable(name: string, value: string): string {
  if (value.includes('\0') || /\p{Surrogate}/u.test(value)) throw refuse(`${name} holds text that is not Unicode, or NUL`);
  return value;
}
