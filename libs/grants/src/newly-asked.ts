import type { ClaimsRequest, GrantPermissions } from '@assent/protocol';
import { claimNames } from './difference.js';
import { later, type DetailRules } from './apply-change.js';

/** What a request asks for, before anybody chose accounts. */
export type AskedPermissions = Pick<GrantPermissions, 'scope' | 'resources' | 'authorizationDetails' | 'claims' | 'expiresAt'>;

/** What a merge still needs consent for (GM-SE-01). */
export interface NewlyAsked extends AskedPermissions {
  /** Whether there is anything at all to say yes to. */
  readonly nothing: boolean;
}

/**
 * What is asked for and not yet granted. An end counts as new when it lies beyond the grant's.
 */
export function newlyAsked(current: GrantPermissions, asked: AskedPermissions, details: DetailRules): NewlyAsked {
  const scope = beyond(asked.scope, current.scope);
  const resources = beyond(asked.resources, current.resources);
  const authorizationDetails = details.uncovered(asked.authorizationDetails, current.authorizationDetails);
  const claims = claimsBeyond(asked.claims, current.claims);
  const expiresAt = later(current.expiresAt, asked.expiresAt);
  const extended = (expiresAt?.getTime() ?? null) !== (current.expiresAt?.getTime() ?? null);
  const nothing = scope.length + resources.length + authorizationDetails.length + claimNames(claims).length === 0 && !extended;
  return { scope, resources, authorizationDetails, ...(claims && { claims }), expiresAt, nothing };
}

const beyond = (asked: readonly string[], granted: readonly string[]): readonly string[] => asked.filter((one) => !granted.includes(one));

function claimsBeyond(asked: ClaimsRequest | undefined, granted: ClaimsRequest | undefined): ClaimsRequest | undefined {
  if (!asked) return undefined;
  const names = new Set(claimNames(granted));
  const keep = <T>(members: Readonly<Record<string, T>> | undefined) => members && Object.fromEntries(Object.entries(members).filter(([name]) => !names.has(name)));
  const [userinfo, idToken] = [keep(asked.userinfo), keep(asked.id_token)];
  return { ...(userinfo && { userinfo }), ...(idToken && { id_token: idToken }) };
}
