import { Form, OAuthError, type ClientAuthMethod } from '@assent/protocol';
import { grantManagementParameters } from './grant-management.js';

const all = { actionRequired: false, actions: ['create', 'merge', 'replace', 'query', 'revoke'] } as const;
const read = (parameters: Record<string, string>, rules: Parameters<typeof grantManagementParameters>[2] = all, method: ClientAuthMethod = 'private_key_jwt') => grantManagementParameters(Form.parse(new URLSearchParams(parameters).toString()), { token_endpoint_auth_method: method }, rules);

describe('grant_management_action and grant_id (Grant Management section 5)', () => {
  it.each([
    [{}, {}],
    [{ grant_management_action: 'create' }, { grantManagementAction: 'create' }],
    [{ grant_management_action: 'merge', grant_id: 'g' }, { grantManagementAction: 'merge', grantId: 'g' }],
    [{ grant_management_action: 'replace', grant_id: 'g' }, { grantManagementAction: 'replace', grantId: 'g' }],
  ])('%j is read', (parameters, expected) => expect(read(parameters as Record<string, string>)).toEqual(expected));

  it.each([
    ['GM-AZ-03', { grant_management_action: 'create', grant_id: 'g' }, all],
    ['GM-AZ-04', { grant_id: 'g' }, all],
    ['GM-AZ-04', { grant_id: 'g' }, { ...all, actionRequired: true }],
    ['GM-AZ-05', { grant_management_action: 'merge' }, all],
    ['GM-AZ-05', { grant_management_action: 'replace' }, all],
    ['GM-AZ-06', { grant_management_action: 'update', grant_id: 'g' }, all],
    ['GM-AZ-06', { grant_management_action: 'query', grant_id: 'g' }, all],
    ['GM-AZ-06', { grant_management_action: 'revoke', grant_id: 'g' }, all],
    ['GM-AZ-06', { grant_management_action: 'Create' }, all],
    ['GM-AZ-06', { grant_management_action: 'create merge' }, all],
    ['GM-AZ-06', { grant_management_action: 'merge', grant_id: 'g' }, { ...all, actions: ['create'] }],
    ['GM-AZ-06', { grant_management_action: 'create' }, { ...all, actions: [] }],
    ['GM-AZ-07', {}, { ...all, actionRequired: true }],
  ] as const)('%s refuses %j', (rule, parameters, rules) => {
    const refusal = (() => {
      try {
        return read({ ...parameters }, rules);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(OAuthError);
    expect(refusal).toMatchObject({ code: 'invalid_request', rule });
  });

  it.each([{ grant_management_action: 'create' }, { grant_management_action: 'merge', grant_id: 'g' }, { grant_id: 'g' }, { grant_management_action: 'update' }])('GM-AZ-01 refuses %j of a public client', (parameters) => {
    expect(() => read({ ...parameters } as Record<string, string>, all, 'none')).toThrow(expect.objectContaining({ code: 'unauthorized_client', rule: 'GM-AZ-01' }) as Error);
    expect(read({}, all, 'none')).toEqual({});
  });

  it('GM-AZ-07 asks nothing of the bank’s own applications', () => {
    expect(grantManagementParameters(Form.parse(''), { token_endpoint_auth_method: 'private_key_jwt', first_party: true }, { ...all, actionRequired: true })).toEqual({});
  });
});
