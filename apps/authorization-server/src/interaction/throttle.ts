import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';

/** How many sign-ins may fail in a window. */
export interface ThrottleLimits {
  /** Per account. */
  readonly attempts: number;
  readonly windowSeconds: number;
}

/** Many customers may share one address (a company, a mobile network); one account is one person. */
const addressFactor = 10;

/**
 * Counts failed sign-ins by account and by address. An attempt is counted before the password is looked at, so that
 * parallel guesses cannot slip through, and given back when it was right. Unknown accounts are counted like known ones.
 */
export class LoginThrottle {
  private constructor(
    private readonly byAccount: RateLimiterAbstract,
    private readonly byAddress: RateLimiterAbstract,
  ) {}

  /** In this process only: for tests, and where no database is at hand. */
  static inMemory(limits: ThrottleLimits): LoginThrottle {
    const [account, address] = options(limits);
    return new LoginThrottle(new RateLimiterMemory(account), new RateLimiterMemory(address));
  }

  /** Shared by all processes through PostgreSQL; each counts for itself while the database does not answer. */
  static onPostgres(pool: Pool, limits: ThrottleLimits): LoginThrottle {
    const [account, address] = options(limits);
    return new LoginThrottle(sharedLimiter(pool, account, true), sharedLimiter(pool, address));
  }

  /** Seconds to wait before this account or address may try again; `undefined` when it may now, and is counted. */
  async take(login: string, address: string): Promise<number | undefined> {
    const waits = [await secondsToWait(this.byAddress, address), await secondsToWait(this.byAccount, accountKey(login))].filter((seconds) => seconds !== undefined);
    return waits.length > 0 ? Math.max(...waits) : undefined;
  }

  /** The attempt was right: the account starts anew, the address gets its attempt back. */
  async giveBack(login: string, address: string): Promise<void> {
    await Promise.all([this.byAccount.delete(accountKey(login)), this.byAddress.reward(address, 1)]);
  }
}

export interface Limit {
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
}
const options = ({ attempts, windowSeconds }: ThrottleLimits): [Limit, Limit] => [
  { keyPrefix: 'account', points: attempts, duration: windowSeconds },
  { keyPrefix: 'address', points: attempts * addressFactor, duration: windowSeconds },
];

/** The table comes with the migrations, so that the server needs no right to create one. Old rows go every five minutes. */
export const sharedLimiter = (pool: Pool, limit: Limit, clearExpiredByTimeout = false): RateLimiterAbstract =>
  new RateLimiterPostgres({
    ...limit,
    storeClient: pool,
    storeType: 'pool',
    schemaName: 'assent',
    tableName: 'login_throttle',
    tableCreated: true,
    clearExpiredByTimeout,
    insuranceLimiter: new RateLimiterMemory(limit),
  });

/** Counts one; seconds to wait when there were too many. */
export async function secondsToWait(limiter: RateLimiterAbstract, key: string): Promise<number | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw refused;
  }
}

/** The table holds no user names. */
const accountKey = (login: string): string => createHash('sha256').update(login.trim().toLowerCase()).digest('base64url');
