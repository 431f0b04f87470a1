import type { ClaimsRequest } from '@assent/protocol';
import type { ConsentRequest } from '../src/consent-vehicle.js';
import { accountAccess, domesticPayment } from './details.js';
import { ukVehicle } from './vehicle.js';

const request = (changes: Partial<ConsentRequest> = {}): ConsentRequest => ({
  scope: ['openid', 'accounts'],
  claims: intent('aac-1'),
  authorizationDetails: [],
  client: {} as ConsentRequest['client'],
  now: new Date('2026-11-25T12:00:00Z'),
  backchannel: false,
  parameter: () => undefined,
  ...changes,
});
const intent = (value: unknown, userinfo?: unknown): ClaimsRequest => ({ id_token: { openbanking_intent_id: { value, essential: true } }, ...(userinfo !== undefined && { userinfo: { openbanking_intent_id: { value: userinfo, essential: true } } }) });
const code = (error: string, rule: string) => expect.objectContaining({ code: error, rule });

describe('a consent travels', () => {
  it('in the claim of the ID token', () => expect(ukVehicle.read(request())).toEqual({ kind: 'lodged', name: 'aac-1', claims: { id_token: {} } }));
  it('in both claims, when they are the same', () => expect(ukVehicle.read(request({ claims: intent('aac-1', 'aac-1') }))).toEqual({ kind: 'lodged', name: 'aac-1', claims: { id_token: {}, userinfo: {} } }));
  it('and leaves the other claims to be asked for', () => expect(ukVehicle.read(request({ claims: { id_token: { ...intent('aac-1').id_token, acr: { essential: true } } } }))).toMatchObject({ claims: { id_token: { acr: { essential: true } } } }));
  it('to a payment', () => expect(ukVehicle.read(request({ scope: ['openid', 'payments'], claims: intent('pdc-1') }))).toMatchObject({ kind: 'lodged', name: 'pdc-1' }));
  it('by the back channel in a parameter', () => expect(ukVehicle.read(request({ claims: undefined, backchannel: true, parameter: (name) => (name === 'openbanking-intent-id' ? 'aac-1' : undefined) }))).toEqual({ kind: 'lodged', name: 'aac-1' }));
  it('not at all, when only the customer is asked for', () => expect(ukVehicle.read(request({ scope: ['openid'], claims: undefined }))).toEqual({ kind: 'none' }));

  it.each<[string, Partial<ConsentRequest>, string, string]>([
    ['without the claim', { claims: undefined }, 'invalid_request', 'ASSENT-UK-01'],
    ['with the claim in UserInfo alone', { claims: { userinfo: { openbanking_intent_id: { value: 'aac-1' } } } }, 'invalid_request', 'ASSENT-UK-01'],
    ['with two values', { claims: intent('aac-1', 'aac-2') }, 'invalid_request', 'ASSENT-UK-01'],
    ['with the claim without value', { claims: { id_token: { openbanking_intent_id: { essential: true } } } }, 'invalid_request', 'ASSENT-UK-01'],
    ['with a value that is no id', { claims: intent('a b') }, 'invalid_request', 'ASSENT-UK-01'],
    ['with a value that is no text', { claims: intent(7) }, 'invalid_request', 'ASSENT-UK-01'],
    ['by the back channel without the parameter', { backchannel: true }, 'invalid_request', 'ASSENT-UK-01'],
    ['to accounts with a payment’s consent', { claims: intent('pdc-1') }, 'invalid_scope', 'ASSENT-UK-02'],
    ['to payments with a consent to accounts', { scope: ['openid', 'payments'] }, 'invalid_scope', 'ASSENT-UK-02'],
    ['to both', { scope: ['openid', 'accounts', 'payments'] }, 'invalid_scope', 'ASSENT-UK-02'],
    ['to neither', { scope: ['openid'] }, 'invalid_scope', 'ASSENT-UK-02'],
  ])('a request %s is refused', (_, changes, error, rule) => expect(() => ukVehicle.read(request(changes))).toThrow(code(error, rule)));
});

describe('tokens tell', () => {
  const facts = { grantId: 'g', name: 'aac-1', expiresAt: new Date('2027-01-01T00:00:00Z'), details: [{ type: accountAccess.type }] };
  const holder = { claims: {}, now: new Date() };
  const ends = 'http://openbanking.org.uk/refresh_token_expires_at';
  it('the intent, and when refreshing ends', () => expect(ukVehicle.idTokenClaims!(facts, holder)).toEqual({ openbanking_intent_id: 'aac-1', [ends]: 1_798_761_600 }));
  it('nothing of an end there is not', () => expect(ukVehicle.idTokenClaims!({ ...facts, expiresAt: null }, holder)).toEqual({ openbanking_intent_id: 'aac-1' }));
  it('nothing of refreshing what is done once', () => expect(ukVehicle.idTokenClaims!({ ...facts, details: [{ type: domesticPayment.type }] }, holder)).toEqual({ openbanking_intent_id: 'aac-1' }));
});
