import { hash, verify } from '@node-rs/argon2';
import { accessDenied, invalidUserCode, missingUserCode, type Client, type Customer } from '@assent/protocol';
import type { Engine } from '../engine.js';
import { LoginThrottle } from '../interaction/throttle.js';
import type { AuthorizationCall } from '../request/call.js';

const longest = 128;

/** The codes customers give to shops (CIBA section 7.1.2): compared like passwords, and guessed no easier. */
export class UserCodes {
  private constructor(
    private readonly throttle: LoginThrottle,
    /** What is compared with when there is nobody, so that the answer takes as long. */
    private readonly nobody: string,
  ) {}

  static async of({ config, pool }: Engine): Promise<UserCodes> {
    const limits = config.authorizationServer.loginThrottle;
    return new UserCodes(pool ? LoginThrottle.onPostgres(pool, limits) : LoginThrottle.inMemory(limits), await hash('no code matches this'));
  }

  /**
   * Passes when the customer has no code, or it is this one. `missing_user_code`, `invalid_user_code` (CB-RQ-11), or
   * `access_denied` once it was guessed at too often.
   */
  async verify({ form, issuer }: AuthorizationCall, client: Client, customer: Customer | undefined): Promise<void> {
    if (issuer.config.ciba.userCode === 'off') return;
    const code = form.optional('user_code');
    const own = customer?.userCodeHash;
    if (code === undefined) {
      if (own !== undefined) throw missingUserCode('user_code is required for this customer', 'CB-RQ-11');
      return;
    }
    const account = `user-code\0${customer?.id ?? ''}`;
    const asker = `user-code\0${issuer.issuer}\0${client.client_id}`;
    if (own !== undefined && (await this.throttle.take(account, asker)) !== undefined) throw accessDenied('too many wrong codes for this customer', 'ASSENT-CIBA-04');
    const right = await verify(own ?? this.nobody, code.slice(0, longest));
    if (own === undefined) return;
    if (!right || code.length > longest) throw invalidUserCode('user_code is not the code of this customer', 'CB-RQ-11');
    await this.throttle.giveBack(account, asker);
  }
}
