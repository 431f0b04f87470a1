import { deriveKey } from '@assent/crypto';
import type { Engine, IssuerRuntime } from '../engine.js';
import { peopleOf } from '../people.js';
import { PasswordSignIn } from './password-sign-in.js';
import type { Realm } from './cookies.js';
import type { SignIn } from './sign-in.js';
import { LoginThrottle } from './throttle.js';

/** What all pages of one engine share. */
export interface Interactions {
  readonly signIn: SignIn;
  /** Authenticates cookies, tokens and shown facts; the same in every process. */
  readonly key: Buffer;
}

const made = new WeakMap<Engine, Map<Realm, Promise<Interactions>>>();

/**
 * One per engine and realm, made when first asked for: the bank's own sign-in of customers, or ours with its counters
 * in the database.
 */
export function interactionsOf(engine: Engine, issuer: IssuerRuntime): Promise<Interactions> {
  const realms = made.get(engine) ?? new Map<Realm, Promise<Interactions>>();
  made.set(engine, realms);
  const realm = issuer.config.signsIn;
  const known = realms.get(realm) ?? make(engine, issuer);
  realms.set(realm, known);
  return known;
}

async function make(engine: Engine, issuer: IssuerRuntime): Promise<Interactions> {
  const { config, pool } = engine;
  const realm = issuer.config.signsIn;
  const key = deriveKey(config.encryptionKey.reveal(), realm === 'customers' ? 'interaction' : `interaction/${realm}`);
  if (engine.signIn && realm === 'customers') return { key, signIn: engine.signIn };
  const limits = config.authorizationServer.loginThrottle;
  const throttle = pool ? LoginThrottle.onPostgres(pool, limits) : LoginThrottle.inMemory(limits);
  return { key, signIn: await PasswordSignIn.create(peopleOf(engine, issuer), throttle, realm) };
}
