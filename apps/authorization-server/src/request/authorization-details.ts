import { isFor, liesAt, mostObjects } from '@assent/authorization-details';
import type { ResourceConfig } from '@assent/config';
import { parseStrictJson } from '@assent/crypto';
import { invalidAuthorizationDetails, type AuthorizationDetail, type Client } from '@assent/protocol';
import type { AuthorizationCall, Call } from './call.js';
import { namedResources, resourcesOf } from './resources.js';

type Asking = AuthorizationCall;

/** A token that carries them must still fit into a header, also with the accounts a customer chose and after merges. */
const longest = 8000;
const longestGranted = 12_000;

/**
 * The `authorization_details` of an authorization request (RFC 9396 sections 2 and 3), of types that issuer and client
 * may use, for places that understand them; none when the parameter is absent. `granted`: those of the grant the request
 * names, which it may repeat. Throws `invalid_authorization_details`.
 */
export function requestedDetails({ engine, issuer, form, now }: Asking, client: Client, granted: readonly AuthorizationDetail[] = []): readonly AuthorizationDetail[] {
  const value = detailsParameter(form);
  if (value === undefined) return [];
  const { authorizationDetailsTypes: issuerTypes } = issuer.config;
  const details = engine.details.parse(value, { issuerTypes, clientTypes: client.authorization_details_types ?? [], now });
  engine.details.verifyIdentifiers(details, granted);
  verifyLocations(details, issuer.config.resources);
  if (form.optional('grant_management_action') === 'merge') verifyRoom(engine.details.merge(granted, details));
  return details;
}

/** Merges must not make a grant that no token can carry and no page can show. */
function verifyRoom(merged: readonly AuthorizationDetail[]): void {
  if (merged.length <= mostObjects && JSON.stringify(merged).length <= longestGranted) return;
  throw invalidAuthorizationDetails(`authorization_details must not leave the grant with more than ${mostObjects} objects or ${longestGranted} characters of them: replace it, or create another`, 'RR-15');
}

/** The parameter as JSON, `undefined` when absent. An object that names a member twice means two things at once. */
export function detailsParameter(form: Call['form']): unknown {
  const text = form.optional('authorization_details');
  if (text === undefined) return undefined;
  if (text.length > longest) throw invalidAuthorizationDetails(`authorization_details must not be longer than ${longest} characters`, 'RR-15');
  const parsed = parseStrictJson(text);
  if (!parsed) throw invalidAuthorizationDetails('authorization_details must be JSON, with no member named twice', 'RR-01');
  return parsed.value;
}

/** Where details are to be used: the resource servers that become audience because of them (RFC 9396 section 3.2). */
export const resourcesOfDetails = (details: readonly AuthorizationDetail[], known: readonly ResourceConfig[]): readonly string[] =>
  known.filter((resource) => details.some((detail) => isFor(detail, resource))).map(({ identifier }) => identifier);

/** Where the tokens of a request may be used: the resources it names, else those its scopes are for; and those its details are for. */
export function resourcesAskedFor({ form, issuer }: Pick<Asking, 'form' | 'issuer'>, scope: readonly string[], details: readonly AuthorizationDetail[]): readonly string[] {
  const { resources: known } = issuer.config;
  const named = namedResources(form.all('resource'), known);
  return [...new Set([...(named.length > 0 ? named : resourcesOf(scope, known)), ...resourcesOfDetails(details, known)])];
}

/** What a token for these resource servers carries: the details any of them may see (RFC 9396 section 9.1). */
export function detailsForAudience(details: readonly AuthorizationDetail[], audience: readonly string[], known: readonly ResourceConfig[]): readonly AuthorizationDetail[] {
  if (details.length === 0) return details;
  const meant = known.filter(({ identifier }) => audience.includes(identifier));
  return details.filter((detail) => meant.some((resource) => isFor(detail, resource)));
}

/** A location no resource answers to would be a permission nobody can use, shown to a customer all the same. */
function verifyLocations(details: readonly AuthorizationDetail[], known: readonly ResourceConfig[]): void {
  for (const [index, { type, locations = [] }] of details.entries()) {
    const places = known.filter(({ authorizationDetailsTypes: types }) => types.includes(type));
    const lost = (locations as readonly string[]).findIndex((location) => !places.some(({ identifier }) => liesAt(location, identifier)));
    if (lost >= 0) throw invalidAuthorizationDetails(`authorization_details[${index}].locations[${lost}] must lie at a resource that understands the type`, 'RR-03');
  }
}
