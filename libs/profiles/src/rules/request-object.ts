import { invalidRequest, requestNotSupported, requestUriNotSupported, type Client } from '@assent/protocol';
import type { Demand, Policy } from '../policy.js';
import { rule, type Rule } from '../profile.js';

/** Whether the client's requests must be signed (RFC 9101 section 10.5). */
export function mustSignRequests(client: Pick<Client, 'require_signed_request_object'>, { requestObject }: Pick<Policy, 'requestObject'>): boolean {
  return demandOn(requestObject, client.require_signed_request_object);
}

/** What a demand means for a client that registered `choice`. */
export function demandOn(demand: Demand, choice: boolean | undefined): boolean {
  switch (demand) {
    case 'off':
      return false;
    case 'optional':
      return choice ?? false;
    case 'expected':
      return choice ?? true;
    case 'required':
      return true;
  }
}

const oneWay = rule({
  id: 'JR-01',
  clause: 'RFC 9101 section 5',
  at: 'request',
  stops: ['A1'],
  says: 'refuses a request object beside the address of another',
  check: ({ form, way }) =>
    way === 'front-channel' && form.has('request') && form.has('request_uri') ? invalidRequest('send either request or request_uri', 'JR-01') : undefined,
});

const noNestedRequest = rule({
  id: 'F2-AZ-17',
  clause: 'RFC 9126 section 2.1',
  at: 'request',
  stops: ['A1'],
  says: 'refuses a pushed request that names a request_uri',
  check: ({ form, way }) => (way === 'pushed' && form.has('request_uri') ? invalidRequest('request_uri cannot be pushed', 'F2-AZ-17') : undefined),
});

const noRequestObject = rule({
  id: 'ASSENT-PAR-01',
  clause: 'OpenID Connect Core section 6.1; RFC 9101 section 7',
  at: 'request',
  stops: [],
  says: 'refuses request objects where the profile does not use them',
  check: ({ form, way }, { requestObject, requestObjectBy }) => {
    const used = requestObject !== 'off' && requestObjectBy.includes(way === 'pushed' ? 'pushed' : 'value');
    return form.has('request') && !used ? requestNotSupported('request objects are not supported here', 'ASSENT-PAR-01') : undefined;
  },
});

const pushedByChoice = rule({
  id: 'PR-14',
  clause: 'RFC 9126 section 6',
  at: 'request',
  stops: ['A1'],
  says: 'takes only pushed requests of a client that registered so',
  check: ({ client, way }) =>
    way === 'front-channel' && client.require_pushed_authorization_requests ? invalidRequest('this client pushes its requests', 'PR-14') : undefined,
});

const noForeignReference = rule({
  id: 'JR-11',
  clause: 'RFC 9101 section 7',
  at: 'request',
  stops: [],
  says: 'fetches request objects only where the profile permits it',
  check: ({ form, way }, { requestObject, requestObjectBy }) => {
    const fetched = requestObject !== 'off' && requestObjectBy.includes('registered-uri');
    return way === 'front-channel' && form.has('request_uri') && !fetched ? requestUriNotSupported('request_uri is not fetched here', 'JR-11') : undefined;
  },
});

const signedOnly = rule({
  id: 'MS-JAR-01',
  clause: 'FAPI 2.0 Message Signing 5.3.1-1; FAPI 1.0 Advanced 5.2.2-1; RFC 9126 section 2.3',
  at: 'request',
  stops: ['A1', 'A3a'],
  says: 'asks for a signed request object, of everybody or of the clients that registered so',
  check: ({ client, form }, policy) =>
    mustSignRequests(client, policy) && !form.has('request') && !form.has('request_uri')
      ? invalidRequest('send the parameters in a signed request object', 'MS-JAR-01')
      : undefined,
});

/** In the order in which they are judged. */
export const requestObjectRules: readonly Rule[] = [noNestedRequest, pushedByChoice, noRequestObject, noForeignReference, oneWay, signedOnly];
