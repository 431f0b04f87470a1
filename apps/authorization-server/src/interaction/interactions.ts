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
  const key = deriveKey(engine.config.encryptionKey.reveal(), 'interaction');
  return { key, signIn: engine.signIn ?? (await PasswordSignIn.create(engine.stores.customers, await throttle(engine))) };
}

async function throttle({ config, pool, log }: Engine): Promise<LoginThrottle> {
  const limits = config.authorizationServer.loginThrottle;
  if (!pool) return LoginThrottle.inMemory(limits);
  try {
    return await LoginThrottle.onPostgres(pool, limits);
  } catch (error) {
    log.warn({ err: error }, 'sign-in attempts are counted by each process for itself: the database does not take the counters');
    return LoginThrottle.inMemory(limits);
  }
}
