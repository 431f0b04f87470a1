import * as openid from 'openid-client';
import type { OpenFlow } from './actions.js';
import { withDpop } from './begin.js';
import { readGrant } from './received.js';
import { FlowError } from './refusal.js';

/* What the app does with the grant it manages (Grant Management for OAuth 2.0, section 6). */

/** Reads the grant: what it permits now, not what any token was given. */
export async function readOwnGrant(flow: OpenFlow): Promise<void> {
  const response = await callGrant(flow, 'GET', 'grant_management_query');
  if (!response.ok) throw new FlowError(`The grants API answered ${response.status}.`);
  flow.received.grant = readGrant(await response.json());
}

/** Ends the grant, and with it every token that stands on it. */
export async function revokeGrant(flow: OpenFlow): Promise<void> {
  const response = await callGrant(flow, 'DELETE', 'grant_management_revoke');
  if (response.status !== 204) throw new FlowError(`The grants API answered ${response.status}.`);
}

/** The API is the client's own business: its token names no customer, and is bound like every other. */
async function callGrant(flow: OpenFlow, method: 'GET' | 'DELETE', scope: string): Promise<Response> {
  const url = grantUrl(flow);
  const { access_token: token } = await openid.clientCredentialsGrant(flow.configuration, { scope, resource: endpointOf(flow) }, withDpop(flow));
  return openid.fetchProtectedResource(flow.configuration, token, url, method, undefined, new Headers({ accept: 'application/json' }), withDpop(flow));
}

/** The grant behind the tokens, where the app manages it. */
export const grantIdOf = ({ tokens }: OpenFlow): string | undefined => {
  const id: unknown = tokens['grant_id'];
  return typeof id === 'string' ? id : undefined;
};

function grantUrl(flow: OpenFlow): URL {
  const id = grantIdOf(flow);
  if (id === undefined) throw new FlowError('The app was given no grant to manage: it did not ask for one.');
  return new URL(`${endpointOf(flow)}/${encodeURIComponent(id)}`);
}

function endpointOf({ configuration }: OpenFlow): string {
  const endpoint: unknown = configuration.serverMetadata()['grant_management_endpoint'];
  if (typeof endpoint !== 'string') throw new FlowError('This issuer names no grant_management_endpoint.');
  return endpoint;
}
