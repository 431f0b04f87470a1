import type { Grant, GrantActor, GrantStatus } from './grant.js';
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

// ---------------------------------------------------------------- what the sites read

/** When and how often a grant was used, a day (UTC) and kind each. */
export interface UseOfGrant {
  readonly kind: string;
  /** Midnight UTC. */
  readonly day: Date;
  readonly count: number;
  readonly lastAt: Date;
}

/** A grant with its last use. */
export interface ListedGrant extends Grant {
  readonly lastUse?: { readonly at: Date; readonly kinds: readonly string[] };
}

/** Which grants there are, as far as the sites are concerned. */
export interface GrantScope {
  /** Issuers that sign customers in. */
  readonly issuers: readonly string[];
  /** The bank's own applications, whose grants are no connected apps. */
  readonly own: readonly { readonly issuer: string; readonly clientId: string }[];
}

/** What staff look for: exactly this, and nothing like it. At least one of the first three. */
export interface GrantSearch {
  readonly customerId?: string;
  /** A grant's whole id, or its first four characters: what its reference says. */
  readonly grant?: string;
  readonly clientId?: string;
  readonly status?: GrantStatus;
  /** From 1; 25 to a page. */
  readonly page: number;
}

/** A link of a grant's chain of events, as far as people want to know. */
export interface GrantEventLine {
  readonly type: string;
  readonly at: Date;
  readonly actor: GrantActor;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** Refresh tokens out on a grant: how many, and since when. Never what they are. */
export interface TokenTimes {
  readonly count: number;
  readonly lastIssuedAt: Date | undefined;
}

/** Grants as lists, for people to look at. It changes nothing but the record of who looked. */
export interface GrantDirectory {
  /** A customer's own, the newest first. */
  ofCustomer(customerId: string, scope: GrantScope): Promise<readonly ListedGrant[]>;
  /** One grant as the lists have it. */
  find(grantId: string, scope: GrantScope): Promise<ListedGrant | undefined>;
  uses(grantId: string): Promise<readonly UseOfGrant[]>;
  tokens(grantId: string): Promise<TokenTimes>;
  search(search: GrantSearch, scope: GrantScope): Promise<{ readonly grants: readonly ListedGrant[]; readonly more: boolean }>;
  /** How many current grants a client has. */
  count(issuer: string, clientId: string): Promise<number>;
  /** Ids of current grants of a client, some at a time. */
  current(issuer: string, clientId: string, limit: number): Promise<readonly string[]>;
  events(grantId: string): Promise<readonly GrantEventLine[]>;
  /** A staff member looked at a grant: a link of its chain and an audit line, in one statement. */
  viewed(input: { readonly grantId: string; readonly actor: GrantActor; readonly detail: AuditEvent['detail']; readonly audit: AuditEvent; readonly now: Date }): Promise<void>;
}

/** The end of all grants of a client takes two people. */
export interface BulkRevocation {
  readonly id: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly reason: string;
  readonly note: string;
  readonly ticket: string;
  readonly askedBy: string;
  readonly askedName: string;
  readonly askedAt: Date;
  /** Current grants when it was asked for. */
  readonly grants: number;
  readonly decision?: 'approved' | 'refused';
  readonly decidedBy?: string;
  readonly decidedName?: string;
  readonly decidedAt?: Date;
  readonly revoked: number;
  readonly finishedAt?: Date;
}

export interface BulkRevocations {
  /** `open`: there is an undecided one about this client already. */
  ask(input: Pick<BulkRevocation, 'id' | 'issuer' | 'clientId' | 'reason' | 'note' | 'ticket' | 'askedBy' | 'askedName' | 'askedAt' | 'grants'>, audit: AuditEvent): Promise<'asked' | 'open'>;
  find(id: string): Promise<BulkRevocation | undefined>;
  /** Undecided ones and the last decided ones, the newest first. */
  recent(): Promise<readonly BulkRevocation[]>;
  /** One winner; never the person who asked. */
  decide(input: { readonly id: string; readonly decision: 'approved' | 'refused'; readonly decidedBy: string; readonly decidedName: string; readonly now: Date }, audit: AuditEvent): Promise<'decided' | 'decided-before' | 'same-person'>;
  /** Approved and not finished: also those a process left half done. */
  unfinished(): Promise<readonly BulkRevocation[]>;
  progress(input: { readonly id: string; readonly revoked: number; readonly finishedAt?: Date }): Promise<void>;
}
