import { invalidRequest, type ClaimsRequest } from '@assent/protocol';
import type { ConsentFacts, ConsentVehicle, Holder } from '../src/consent-vehicle.js';
import { identityType, type Identity } from './details/identity.js';
import { trustFramework, verifiedClaims, vouched } from './verified.js';

type Place = 'id_token' | 'userinfo';
type Members = Readonly<Record<string, unknown>>;

/** Who the customer is, this once: why stands in `purpose`, what in `claims`. */
export const connectIdVehicle: ConsentVehicle = {
  says: 'purpose and claims of the request, for this once',
  clause: 'ConnectID FAPI 2 Security Profile 1.0; ConnectID Identity Assurance Profile, draft 8',
  read({ claims, parameter }) {
    const text = parameter('claims');
    const asked = text === undefined ? {} : (JSON.parse(text) as Members);
    const inIdToken = verifiedIn(asked, 'id_token');
    const inUserinfo = verifiedIn(asked, 'userinfo');
    const txn = (['id_token', 'userinfo'] as const).filter((place) => Object.hasOwn(membersOf(asked, place), 'txn'));
    const detail: Identity = {
      type: identityType,
      purpose: (parameter('purpose') ?? '').trim(),
      ...(inIdToken.length > 0 && { inIdToken }),
      ...(inUserinfo.length > 0 && { inUserinfo }),
      ...(txn.length > 0 && { txn }),
    };
    return { kind: 'carried', details: [detail], lifetime: 0, ...(claims && { claims: { ...plain(claims, 'id_token'), ...plain(claims, 'userinfo') } }) };
  },
  idTokenClaims: (facts, holder) => delivered('id_token', facts, holder),
  userinfoMembers: (facts, holder) => delivered('userinfo', facts, holder),
};

const membersOf = (asked: Members, place: Place): Members => object(asked[place]) ?? {};

/**
 * The claims asked for in `verified_claims` (OpenID Connect for Identity Assurance). Of another trust framework nothing
 * is vouched for, so nothing is asked of the customer; unknown claims are left out as anywhere.
 */
function verifiedIn(asked: Members, place: Place): readonly string[] {
  const wanted = membersOf(asked, place)['verified_claims'];
  if (wanted === undefined) return [];
  const { verification, claims } = object(wanted) ?? {};
  const framework = object(verification)?.['trust_framework'];
  if (framework === undefined || object(claims) === undefined) throw invalidRequest('verified_claims must hold verification.trust_framework and claims', 'CID-VC-01');
  const named = object(framework)?.['value'];
  if (named !== undefined && named !== trustFramework) return [];
  return Object.keys(object(claims) ?? {}).filter((name) => verifiedClaims.includes(name));
}

/** What is delivered as at every issuer. */
function plain(claims: ClaimsRequest, place: Place): ClaimsRequest {
  const wanted = Object.entries(claims[place] ?? {}).filter(([name]) => name !== 'verified_claims' && name !== 'txn');
  return wanted.length === 0 ? {} : { [place]: Object.fromEntries(wanted) };
}

/** `verified_claims` with what the bank can vouch for, and the number of the transaction. */
function delivered(place: Place, { details, grantId }: ConsentFacts, holder: Holder): Members {
  const detail = details.find(({ type }) => type === identityType) as Identity | undefined;
  if (!detail) return {};
  const claims = vouched((place === 'id_token' ? detail.inIdToken : detail.inUserinfo) ?? [], holder);
  return {
    ...(detail.txn?.includes(place) && { txn: grantId }),
    ...(Object.keys(claims).length > 0 && { verified_claims: { verification: { trust_framework: trustFramework, txn: grantId }, claims } }),
  };
}

const object = (value: unknown): Members | undefined => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : undefined);
