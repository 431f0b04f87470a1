import { invalidRequest, invalidScope, type ClaimsRequest } from '@assent/protocol';
import type { ConsentFacts, ConsentRequest, ConsentVehicle } from '../src/consent-vehicle.js';
import { domesticPayment, namePrefixes } from './details.js';

const claim = 'openbanking_intent_id';
const refreshTokenEnds = 'http://openbanking.org.uk/refresh_token_expires_at';

/**
 * The id of the lodged consent in the claims `openbanking_intent_id` (Open Banking v4, Consent Authorisation), and by the
 * back channel in the parameter `openbanking-intent-id` (Read-Write API Profile, Identifying the consent to be authorised).
 */
export const ukVehicle: ConsentVehicle = {
  says: 'the claim openbanking_intent_id; by the back channel, the parameter openbanking-intent-id',
  clause: 'Open Banking Read-Write API Profile v4.0, Consent Authorisation',
  read(request) {
    const name = request.backchannel ? request.parameter('openbanking-intent-id') : intentIn(request);
    const asked = kinds.filter(({ scope }) => request.scope.includes(scope));
    if (asked.length === 0 && name === undefined) return { kind: 'none' };
    if (name === undefined) throw invalidRequest(request.backchannel ? 'openbanking-intent-id must name the consent' : 'claims must ask for openbanking_intent_id in the ID token, with the ConsentId as its value', 'ASSENT-UK-01');
    const [kind, ...more] = asked;
    if (!kind || more.length > 0 || !kind.prefixes.some((prefix) => name.startsWith(prefix))) throw invalidScope('scope must be accounts or payments, as the consent is', 'ASSENT-UK-02');
    return { kind: 'lodged', name, ...(request.claims && { claims: withoutIntent(request.claims) }) };
  },
  idTokenClaims: (facts) => ({ [claim]: facts.name, ...refreshTokenEnd(facts) }),
  userinfoMembers: (facts) => ({ [claim]: facts.name }),
};

const kinds = [
  { scope: 'accounts', prefixes: [namePrefixes.accounts] },
  { scope: 'payments', prefixes: [namePrefixes.payments, namePrefixes.recurring] },
];

/** Named in the ID token, which returns it; UserInfo may be asked for the same. */
function intentIn({ claims }: ConsentRequest): string | undefined {
  const [idToken, userinfo] = [claims?.id_token?.[claim]?.value, claims?.userinfo?.[claim]?.value];
  if (userinfo !== undefined && userinfo !== idToken) throw invalidRequest('claims names two different values of openbanking_intent_id', 'ASSENT-UK-01');
  if (idToken === undefined) return undefined;
  if (typeof idToken !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(idToken)) throw invalidRequest('openbanking_intent_id must be a ConsentId', 'ASSENT-UK-01');
  return idToken;
}

/** The intent is in every ID token and UserInfo answer: nobody has to be asked whether the client may see it. */
function withoutIntent({ id_token: idToken, userinfo }: ClaimsRequest): ClaimsRequest {
  const others = <T>(members: Readonly<Record<string, T>>) => Object.fromEntries(Object.entries(members).filter(([name]) => name !== claim));
  return { ...(idToken && { id_token: others(idToken) }), ...(userinfo && { userinfo: others(userinfo) }) };
}

/** Read-Write API Profile, Token Expiry Time. A payment gets no refresh token, and so has no end of one to tell. */
function refreshTokenEnd({ expiresAt, details }: ConsentFacts): Readonly<Record<string, unknown>> {
  const once = details.some(({ type }) => type === domesticPayment.type);
  return once || expiresAt === null ? {} : { [refreshTokenEnds]: Math.floor(expiresAt.getTime() / 1000) };
}
