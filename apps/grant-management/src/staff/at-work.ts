import type { StaffAtWork } from '@assent/pages';
import { accessDenied, type AuditEvent, type GrantActor } from '@assent/protocol';
import { mayDo, staffRoles, type StaffRole } from '../sites/admit-staff.js';
import { auditOf, shown, type SignedIn } from '../sites/visit.js';

/** A staff member at work on a ticket: nobody else is shown a customer's data. */
export interface AtWork extends SignedIn {
  readonly ticket: string;
}

export const isTicket = (text: string): boolean => /^[A-Za-z0-9][A-Za-z0-9-]{2,39}$/.test(text);

/** Throws, shown on a page, when the person's roles do not reach. */
export function requireRole(visit: SignedIn, least: StaffRole): void {
  if (!mayDo(visit.session.roles, least)) throw shown('forbidden', accessDenied(`this takes the role ${least}`, 'ASSENT-STAFF-02'));
}

export const workOf = ({ session, csrf }: SignedIn): StaffAtWork => ({ name: session.displayName, roles: staffRoles.filter((role) => session.roles.includes(role)), ticket: session.ticket, csrf });

export const staffActor = ({ session }: SignedIn): GrantActor => ({ kind: 'staff', id: session.personId });

/** Who, as what, on which ticket: in the detail of every line of the audit. */
export const who = ({ session }: SignedIn): Record<string, string | readonly string[]> => ({ staff: session.personId, name: session.displayName, roles: session.roles, ...(session.ticket !== undefined && { ticket: session.ticket }) });

export const staffAudit = (visit: SignedIn, type: string, detail: AuditEvent['detail'] = {}, more: Partial<AuditEvent> = {}): AuditEvent => auditOf(visit, type, { ...more, detail: { ...who(visit), ...detail } });
