import { tooManyRequests } from '@assent/protocol';
import { RateLimiterMemory, type RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Engine } from '../engine.js';
import { secondsToWait, sharedLimiter } from '../interaction/throttle.js';
import type { RegistrationCall, RegistrationSite } from './call.js';

/** How often one address may ask to register or to manage, at one issuer; all processes count together. */
export class RegistrationThrottle {
  readonly #limiter: RateLimiterAbstract;

  constructor({ pool }: Pick<Engine, 'pool'>, { issuer, registration }: Pick<RegistrationSite, 'issuer' | 'registration'>) {
    const limit = { keyPrefix: `register ${issuer.config.name}`, points: registration.perMinute, duration: 60 };
    this.#limiter = pool ? sharedLimiter(pool, limit) : new RateLimiterMemory(limit);
  }

  /** 429 with `Retry-After` for one that asked too often. */
  async take({ transport }: RegistrationCall): Promise<void> {
    const seconds = await secondsToWait(this.#limiter, transport.remoteAddress);
    if (seconds !== undefined) throw tooManyRequests('too many requests to register from this address', 'ASSENT-DCR-01').withHeaders({ 'retry-after': String(seconds) });
  }
}
