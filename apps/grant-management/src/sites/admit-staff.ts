import type { AssentConfig } from '@assent/config';
import { accessDenied } from '@assent/protocol';
import type { Proven } from './client.js';
import type { Admit } from './sign-in.js';
import { shown } from './visit.js';

export const staffRoles = ['viewer', 'agent', 'supervisor'] as const;
export type StaffRole = (typeof staffRoles)[number];

/** Staff by their ID token alone, so that it may be any identity provider's: `sub`, a name, and at least one role. */
export const admitStaff = ({ roleClaim, scope }: AssentConfig['grantManagement']['staff']): Admit => ({
  scope,
  claims: [roleClaim, 'name', 'preferred_username'],
  verify: async ({ claims }: Proven) => {
    const said = [claims[roleClaim] ?? []].flat();
    const roles = staffRoles.filter((role) => said.includes(role));
    if (roles.length === 0) throw shown('noRole', accessDenied('the identity provider names no role of this console', 'ASSENT-STAFF-01'), '/sign-in');
    const name = [claims['name'], claims['preferred_username'], claims.sub].find((one) => typeof one === 'string' && one !== '');
    return { personId: claims.sub, displayName: String(name), roles };
  },
});

/** Each role can do what those before it can. */
export const mayDo = (roles: readonly string[], least: StaffRole): boolean => roles.some((role) => staffRoles.indexOf(role as StaffRole) >= staffRoles.indexOf(least));
