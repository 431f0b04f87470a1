import type { Handle } from './handle.js';
import type { AuditEvent, Customers } from './ports.js';

/** The bank's own people. They sign in like customers, at issuers of their own; the two are never mixed. */
export type Staff = Pick<Customers, 'findByLogin' | 'find'>;

export type SiteName = 'dashboard' | 'staff';

/** Somebody signed in at one of the bank's own sites. The cookie's value is known only as its hash. */
export interface SiteSession {
  readonly handle: Handle;
  readonly site: SiteName;
  /** The issuer that said who it is. */
  readonly issuer: string;
  /** Customer id at the dashboard, subject at the staff console. */
  readonly personId: string;
  readonly displayName: string;
  /** Of a staff member; nobody else has any. */
  readonly roles: readonly string[];
  readonly authTime: Date;
  /** What a staff member works on: without it no customer data is shown. */
  readonly ticket?: string;
}

export interface SiteSessions {
  /** Begins a session in place of the one the browser had. */
  start(session: SiteSession, audit: AuditEvent, replaces?: Handle): Promise<void>;
  find(handle: Handle, site: SiteName): Promise<SiteSession | undefined>;
  /** From now on the person works on this ticket, or on none. */
  workOn(handle: Handle, ticket: string | undefined, audit: AuditEvent): Promise<void>;
  end(handle: Handle, audit: AuditEvent): Promise<void>;
}
