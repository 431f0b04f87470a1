import { hash, verify } from '@node-rs/argon2';
import { renderLoginPage } from '@assent/pages';
import type { Staff } from '@assent/protocol';
import type { Realm } from './cookies.js';
import type { SignIn, SignInAttempt, SignInOutcome, SignInRefusal, SignInView } from './sign-in.js';
import type { LoginThrottle } from './throttle.js';

/** Longer input is no password of ours; hashing it would only cost time. */
const longest = 1024;

/** The built-in sign-in: user id and password (argon2id), limited by account and by address. */
export class PasswordSignIn implements SignIn {
  private constructor(
    private readonly people: Pick<Staff, 'findByLogin'>,
    private readonly throttle: LoginThrottle,
    /** What an unknown user's password is compared with, so that the answer takes as long. */
    private readonly nobody: string,
    private readonly realm: Realm,
  ) {}

  static async create(people: Pick<Staff, 'findByLogin'>, throttle: LoginThrottle, realm: Realm = 'customers'): Promise<PasswordSignIn> {
    return new PasswordSignIn(people, throttle, await hash('no password matches this'), realm);
  }

  reachable(acrValues: readonly string[]): readonly string[] {
    return acrValues.slice(0, 1);
  }

  page(view: SignInView, refusal?: SignInRefusal): string {
    const { frame, clientName, asks, pages, action, cancel, hidden } = view;
    const typed = refusal && refusal.reason !== 'throttled' ? refusal.login : view.loginHint;
    const problem = refusal && refusal.reason !== 'throttled' ? refusal.reason : view.otherCustomer === undefined ? undefined : 'other-customer';
    return renderLoginPage({
      frame,
      clientName,
      asks,
      pages,
      action,
      cancel,
      hidden,
      login: typed,
      problem,
      signedInAs: view.otherCustomer,
      passwordMissing: refusal?.reason === 'missing' && refusal.passwordMissing,
    });
  }

  async attempt({ form, remoteAddress, acrValues }: SignInAttempt): Promise<SignInOutcome> {
    const login = form.optional('login')?.trim();
    const password = form.optional('password');
    if (!login || password === undefined) return refused({ reason: 'missing', login, passwordMissing: password === undefined });
    const counted = this.realm === 'customers' ? login : `${this.realm}\0${login}`;
    const wait = await this.throttle.take(counted, remoteAddress);
    if (wait !== undefined) return refused({ reason: 'throttled', retryAfterSeconds: wait });
    const customer = login.length <= longest ? await this.people.findByLogin(login) : undefined;
    const right = await verify(customer?.passwordHash ?? this.nobody, password.slice(0, longest));
    if (!customer || !right || password.length > longest) return refused({ reason: 'wrong', login, ...(customer ? { customerId: customer.id } : {}) });
    await this.throttle.giveBack(counted, remoteAddress);
    return { outcome: 'signed-in', customerId: customer.id, displayName: customer.displayName, acr: acrValues[0] ?? 'urn:assent:acr:password', amr: ['pwd'] };
  }
}

const refused = (refusal: SignInRefusal): SignInOutcome => ({ outcome: 'refused', refusal });
