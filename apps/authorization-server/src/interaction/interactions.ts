import { deriveKey } from '@assent/crypto';
import type { Engine } from '../engine.js';
import { PasswordSignIn } from './password-sign-in.js';
import type { SignIn } from './sign-in.js';
import { LoginThrottle } from './throttle.js';

/** What all pages of one engine share. */
export interface Interactions {
  readonly signIn: SignIn;
  /** Authenticates cookies, tokens and shown facts; the same in every process. */
  readonly key: Buffer;
}

const made = new WeakMap<Engine, Promise<Interactions>>();

/** One per engine, made when first asked for: the bank's own sign-in, or ours with its counters in the database. */
export function interactionsOf(engine: Engine): Promise<Interactions> {
  let known = made.get(engine);
  if (!known) {
    known = make(engine);
    made.set(engine, known);
  }
  return known;
}

async function make(engine: Engine): Promise<Interactions> {
  const { config, pool, stores } = engine;
  const key = deriveKey(config.encryptionKey.reveal(), 'interaction');
  if (engine.signIn) return { key, signIn: engine.signIn };
  const limits = config.authorizationServer.loginThrottle;
  const throttle = pool ? LoginThrottle.onPostgres(pool, limits) : LoginThrottle.inMemory(limits);
  return { key, signIn: await PasswordSignIn.create(stores.customers, throttle) };
}
