import type { AuthorizationDetail, Grant, GrantStatus } from './grant.js';
import type { AuditEvent } from './ports.js';

/*
 * Consents of markets. A consent that a client lodges at the bank's API, or in its request under a name it chose, is a
 * grant from that moment on: it awaits its customer, becomes active with the customer's yes, and ends as every grant
 * does. One id, one life, one way to revoke: its state and that of its tokens cannot differ.
 */

/** A consent as its client lodges it. */
export interface NewConsent {
  /** The market's kind, as `account-access` or `domestic-payment`. */
  readonly kind: string;
  /** How the client will name it, where the client chose that; absent: as the server names it. */
  readonly name?: string;
  /** What stands before the id in the name the server gives (`urn:bank:`). */
  readonly namePrefix?: string;
  /** What the customer will be asked for, as details of a type of the market. */
  readonly details: readonly AuthorizationDetail[];
  /** As the client wrote it, for the market's answers. */
  readonly document: Readonly<Record<string, unknown>>;
  /** When it ends; `null`: when the grant of an ordinary request would. */
  readonly expiresAt: Date | null;
  /** Until when the customer must have said yes. */
  readonly authoriseBy?: Date;
  /** Values of the customer's claims that must match at sign-in, as `cpf`; nobody else may say yes. */
  readonly customerClaims?: Readonly<Record<string, string>>;
  /** Whether it is used up by one use. */
  readonly once?: boolean;
  /** Name of the consent it goes on with, where it is not the first of its chain. */
  readonly follows?: string;
}

export type ConsentStatus = GrantStatus;

export interface LodgedConsent {
  /** Of the grant it is. */
  readonly grantId: string;
  readonly name: string;
  readonly kind: string;
  readonly issuer: string;
  readonly clientId: string;
  /** As of the moment it was asked about. */
  readonly status: ConsentStatus;
  /** `undefined`: nobody has said yes or no. */
  readonly customerId: string | undefined;
  /** As lodged, or as granted with the accounts chosen. */
  readonly details: readonly AuthorizationDetail[];
  readonly accounts: readonly string[];
  readonly document: Readonly<Record<string, unknown>>;
  readonly customerClaims: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date | null;
  readonly authoriseBy: Date | undefined;
  readonly once: boolean;
  /** Name of the first consent of its chain, where it is not that itself. */
  readonly follows?: string;
  /** Who ended it and why, where it has ended. */
  readonly ended?: { readonly by: 'client' | 'customer' | 'staff' | 'system'; readonly reason?: string };
}

/** One of several customers who must say yes (multi-authorisation). */
export interface ConsentApproval {
  readonly customerId: string;
  readonly state: 'pending' | 'approved' | 'rejected';
  readonly at?: Date;
}

/** What a request says of the consent it is about, once that was found. */
export interface RequestedConsent {
  /**
   * `new`: a grant made when the code is redeemed; `lodged`: in waiting at the bank, or active and to be authorised
   * anew; `amended`: a grant the new one takes the place of.
   */
  readonly as: 'new' | 'lodged' | 'amended';
  /** Of the grant there is. */
  readonly grantId?: string;
  /** How its client knows it, where that is not the grant's id. */
  readonly name?: string;
  /** When the grant ends, in epoch seconds. */
  readonly expiresAt?: number;
  /** Seconds the grant lasts from the yes on; 0: for what one access token does. */
  readonly lifetime?: number;
  readonly once: boolean;
  readonly furtherAuthorisers: boolean;
  /** Values of the customer's claims without which nobody may say yes. */
  readonly customerClaims?: Readonly<Record<string, string>>;
  /** The only customer who may say yes. */
  readonly ofCustomer?: string;
}

/** A consent lodged together with the request that carries it. */
export interface CarriedConsent {
  readonly grantId: string;
  readonly consent: NewConsent;
}

export interface Consents {
  /** The grant in waiting and its first link, in one statement. `exists`: the client has one of this name at this issuer. */
  lodge(input: { readonly issuer: string; readonly clientId: string; readonly consent: NewConsent; readonly now: Date; readonly audit: AuditEvent }): Promise<{ readonly outcome: 'lodged'; readonly consent: LodgedConsent } | { readonly outcome: 'exists' }>;
  /** By the name its client knows it by; `undefined` for every other client's and for none alike. */
  find(input: { readonly issuer: string; readonly clientId: string; readonly name: string; readonly now: Date }): Promise<LodgedConsent | undefined>;
  /** By the grant's id. */
  ofGrant(input: { readonly grantId: string; readonly now: Date }): Promise<LodgedConsent | undefined>;
  /** Everybody who must say yes; empty where one customer is enough. */
  approvals(grantId: string): Promise<readonly ConsentApproval[]>;
  /** Grants that wait for this customer's yes beside another's. */
  awaiting(input: { readonly customerId: string; readonly now: Date }): Promise<readonly Grant[]>;
  /** Grants of others this customer agreed to, as long as they can be ended. */
  agreed(input: { readonly customerId: string; readonly now: Date }): Promise<readonly Grant[]>;
  /**
   * The yes or no of one of several customers. The last yes makes the grant active, the first no ends it and every token
   * on it. `not-asked`: this customer is not asked, answered before, or the grant has ended.
   */
  decide(input: { readonly grantId: string; readonly customerId: string; readonly decision: 'approve' | 'reject'; readonly now: Date; readonly audit: AuditEvent }): Promise<'approved' | 'active' | 'rejected' | 'not-asked'>;
}
