import type { ResourceConfig } from '@assent/config';
import { DetailTypes, shippedTypes } from '@assent/authorization-details';
import { Form, type AuthorizationDetail } from '@assent/protocol';
import { aClient } from '../fixtures/client.js';
import type { Call } from './call.js';
import { detailsForAudience, detailsParameter, requestedDetails, resourcesOfDetails } from './authorization-details.js';

const bank: ResourceConfig = { identifier: 'https://api.bank.example', name: 'Accounts', scopes: ['accounts'], authorizationDetailsTypes: ['account_information', 'payment_initiation'], accessTokenFormat: 'jwt' };
const paying: ResourceConfig = { identifier: 'https://pay.bank.example/v1', name: 'Payments', scopes: [], authorizationDetailsTypes: ['payment_initiation', 'recurring_payment'], accessTokenFormat: 'jwt' };
const known = [bank, paying];

const access = (members: object = {}): AuthorizationDetail => ({ type: 'account_information', actions: ['list_accounts'], ...members });
const payment = (members: object = {}): AuthorizationDetail => ({ type: 'payment_initiation', ...members });
const at = (...locations: string[]) => ({ locations });

describe('the resources of details', () => {
  it.each<[string, AuthorizationDetail[], string[]]>([
    ['all that understand a type', [payment()], [bank.identifier, paying.identifier]],
    ['those a detail names', [payment(at(`${paying.identifier}/sepa`))], [paying.identifier]],
    ['those any of them is for', [access(), payment(at(paying.identifier))], [bank.identifier, paying.identifier]],
    ['no neighbour of the same beginning', [payment(at('https://pay.bank.example/v10'))], []],
    ['none for a type nobody understands', [{ type: 'other' }], []],
  ])('are %s', (_, details, resources) => {
    expect(resourcesOfDetails(details, known)).toEqual(resources);
  });

  it('are shown what is for them', () => {
    const details = [access(), payment(), payment(at(paying.identifier)), payment(at(bank.identifier, paying.identifier))];
    expect(detailsForAudience(details, [bank.identifier], known)).toEqual([details[0], details[1], details[3]]);
    expect(detailsForAudience(details, [paying.identifier], known)).toEqual([details[1], details[2], details[3]]);
    expect(detailsForAudience(details, [bank.identifier, paying.identifier], known)).toEqual(details);
    expect(detailsForAudience(details, ['https://elsewhere.example'], known)).toEqual([]);
  });
});

describe('the parameter', () => {
  const form = (value?: string) => Form.of(value === undefined ? [] : [['authorization_details', value]]);

  it('is absent where it has no value (RFC 6749 section 3.1)', () => {
    expect([detailsParameter(form()), detailsParameter(form(''))]).toEqual([undefined, undefined]);
  });

  it.each(['x', '[', '[{"a":1,"a":1}]', `["${'x'.repeat(8000)}"]`])('is refused when it is no strict JSON of some length: %.20s', (value) => {
    expect(() => detailsParameter(form(value))).toThrow(expect.objectContaining({ code: 'invalid_authorization_details' }));
  });

  const asking = (...details: object[]) => {
    const engine = { details: DetailTypes.of(shippedTypes) };
    const issuer = { config: { authorizationDetailsTypes: ['account_information', 'payment_initiation'], resources: known } };
    return { engine, issuer, form: form(JSON.stringify(details)), now: new Date('2026-11-25T12:00:00Z') } as unknown as Pick<Call, 'engine' | 'issuer' | 'form' | 'now'>;
  };

  it('is read for a client that is registered for its types, and for no other', () => {
    expect(requestedDetails(asking(access()), aClient({ authorization_details_types: ['account_information'] }))).toEqual([access()]);
    for (const types of [[], ['payment_initiation'], undefined]) {
      expect(() => requestedDetails(asking(access()), aClient(types ? { authorization_details_types: types } : {}))).toThrow(expect.objectContaining({ rule: 'RR-05' }));
    }
  });

  it.each([['https://elsewhere.example'], ['https://api.bank.example.evil.example'], [paying.identifier], [`${bank.identifier}/a`, 'https://elsewhere.example/a']])('is refused for a place that does not understand it: %s', (...locations) => {
    expect(() => requestedDetails(asking(access({ locations })), aClient({ authorization_details_types: ['account_information'] }))).toThrow(
      expect.objectContaining({ rule: 'RR-03', description: `authorization_details[0].locations[${locations.length - 1}] must lie at a resource that understands the type` }),
    );
  });
});
