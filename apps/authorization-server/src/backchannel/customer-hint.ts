import { createHmac } from 'node:crypto';
import { deriveKey, verifyLoginHintToken, type KeyFinder, type SubjectIdentifier } from '@assent/crypto';
import { invalidRequest, plusSeconds, unknownUserId, type Client, type Customer, type Form, type LodgedConsent } from '@assent/protocol';
import { ownIdToken } from '../par/id-token-hint.js';
import type { AuthorizationCall } from '../request/call.js';

const kinds = ['login_hint', 'login_hint_token', 'id_token_hint'] as const;
type Kind = (typeof kinds)[number];

export interface Hint {
  readonly kind: Kind;
  readonly value: string;
}

const longest = 4096;

/** The one hint a request has (CB-RQ-04). */
export function readHint(form: Form): Hint {
  const given = kinds.filter((kind) => form.has(kind));
  const [kind] = given;
  if (kind === undefined || given.length > 1) throw invalidRequest(`send exactly one of ${kinds.join(', ')}`, 'CB-RQ-04');
  const value = form.one(kind);
  if (value.length > longest) throw invalidRequest(`${kind} is too long`, 'CB-RQ-04');
  return { kind, value };
}

/** Whom a request asks. */
export interface HintedCustomer {
  /** Of nobody: a stand-in nobody can sign in as, always the same for one hint. */
  readonly id: string;
  readonly customer: Customer | undefined;
}

/**
 * The customer a hint names. `unknown_user_id` for nobody, unless the issuer pretends that everybody is known (CB-RQ-05). In a
 * market the name of a consent stands for its customer: the one who said yes to it, or the one it was asked for from.
 */
export async function hintedCustomer(call: AuthorizationCall, client: Client, hint: Hint, lodged?: LodgedConsent): Promise<HintedCustomer> {
  const customer = await (lodged?.name === hint.value ? ofConsent(call, lodged) : find(call, client, hint));
  if (customer) return { id: customer.id, customer };
  if (call.issuer.config.ciba.unknownUsers === 'error') throw unknownUserId('the hint names no customer', 'CB-RQ-05');
  return { id: standIn(call, hint), customer: undefined };
}

async function ofConsent({ engine }: AuthorizationCall, { customerId, customerClaims }: LodgedConsent): Promise<Customer | undefined> {
  const { customers } = engine.stores;
  return customerId === undefined ? customers.findByClaims(customerClaims) : customers.find(customerId);
}

function find(call: AuthorizationCall, client: Client, { kind, value }: Hint): Promise<Customer | undefined> {
  switch (kind) {
    case 'login_hint':
      return call.engine.stores.customers.findByLogin(value);
    case 'login_hint_token':
      return byToken(call, client, value);
    case 'id_token_hint':
      return byIdToken(call, client, value);
  }
}

/** A token the client itself signed, or somebody the operator trusts with it (CB-RQ-06). */
async function byToken(call: AuthorizationCall, client: Client, token: string): Promise<Customer | undefined> {
  const { issuer, now } = call;
  const { clockSkew, requestObjectAlgs: algs } = issuer.policy;
  const subject = await verifyLoginHintToken(token, { keysOf: (iss) => keysOf(call, client, iss), audience: issuer.issuer, algs, now, clockSkew });
  return bySubject(call, client, subject);
}

function keysOf({ engine, issuer }: AuthorizationCall, client: Client, iss: string): KeyFinder {
  if (iss === client.client_id) return (header) => engine.clientKeys.find(client, header);
  const trusted = issuer.config.ciba.loginHintIssuers.find((one) => one.issuer === iss);
  if (!trusted) throw invalidRequest('login_hint_token: iss is nobody who may make one', 'CB-RQ-05');
  return (header) => engine.clientKeys.find({ jwks_uri: trusted.jwksUri }, header);
}

async function bySubject({ engine, issuer }: AuthorizationCall, client: Client, subject: SubjectIdentifier): Promise<Customer | undefined> {
  const { customers } = engine.stores;
  if (subject.format === 'opaque') return customers.findByLogin(subject.id);
  return subject.iss === issuer.issuer ? customers.findBySubject(issuer.issuer, client.client_id, subject.sub) : undefined;
}

/** An ID token of this issuer for this client, as old as a grant may become (CB-RQ-07). */
async function byIdToken({ engine, issuer, now }: AuthorizationCall, client: Client, hint: string): Promise<Customer | undefined> {
  const { sub, aud, exp } = await ownIdToken(hint, issuer);
  if (aud !== client.client_id) throw invalidRequest('id_token_hint was issued to another client', 'CB-RQ-07');
  if (typeof exp !== 'number' || plusSeconds(new Date(exp * 1000), issuer.policy.grantLifetime) <= now) throw invalidRequest('id_token_hint is too old', 'CB-RQ-07');
  return engine.stores.customers.findBySubject(issuer.issuer, client.client_id, sub);
}

/** Limits count for it as for anybody, so that they tell nothing. */
function standIn({ engine, issuer }: AuthorizationCall, { kind, value }: Hint): string {
  const key = deriveKey(engine.config.encryptionKey.reveal(), 'backchannel-nobody');
  return `nobody:${createHmac('sha256', key).update(JSON.stringify([issuer.issuer, kind, value.toLowerCase()])).digest('base64url')}`;
}
