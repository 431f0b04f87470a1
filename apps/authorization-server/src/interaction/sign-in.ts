import type { Asked, Frame, Path, SafeUrl } from '@assent/pages';
import type { Form } from '@assent/protocol';

/** What a sign-in page must show and post, whoever renders it. */
export interface SignInView {
  readonly frame: Frame;
  readonly clientName: string;
  /**
   * What is asked for; `own`: the client is the bank's own application. Without a client: `device`, to see what waits for
   * the customer, or `again`, once more and as strongly as one request wants it (`acrWanted`).
   */
  readonly asks: Asked | 'own' | 'device' | 'again';
  /** The pages that follow. */
  readonly pages: Path['pages'];
  /** Where the form posts; and where its refusing button posts, if there is anything to refuse. */
  readonly action: SafeUrl;
  readonly cancel: SafeUrl | undefined;
  /** Fields the form must carry along unchanged. */
  readonly hidden: Readonly<Record<string, string>>;
  readonly loginHint: string | undefined;
  /** Set when somebody is signed in who is not the customer the client asks about. */
  readonly otherCustomer: string | undefined;
  /** Classes one of which the sign-in must reach to be of use. */
  readonly acrWanted?: readonly string[] | undefined;
}

/** Why nobody was signed in. `wrong` covers the unknown user too; nothing tells the two apart. */
export type SignInRefusal =
  | { readonly reason: 'missing'; readonly login: string | undefined; readonly passwordMissing: boolean }
  | { readonly reason: 'wrong'; readonly login: string; readonly customerId?: string }
  | { readonly reason: 'throttled'; readonly retryAfterSeconds: number };

export type SignInOutcome =
  | {
      readonly outcome: 'signed-in';
      readonly customerId: string;
      readonly displayName: string;
      /** One of `acrValues`. */
      readonly acr: string;
      /** RFC 8176 names of what was used. */
      readonly amr: readonly string[];
    }
  | { readonly outcome: 'refused'; readonly refusal: SignInRefusal };

export interface SignInAttempt {
  readonly form: Form;
  readonly remoteAddress: string;
  /** The classes the issuer publishes, the one of a password first. */
  readonly acrValues: readonly string[];
  /** Those of them one of which is to be reached. */
  readonly acrWanted?: readonly string[] | undefined;
}

/**
 * How customers prove who they are. The port a bank implements to put its own login in place of ours: it renders the
 * page that is shown at the authorization endpoint and judges what that page posts. Everything around it stays ours
 * and needs no care here: the post is checked to come from our own page in the same browser, the session is started
 * and its cookie renewed on success, refusals are audited, and the flow goes on to consent.
 *
 * An implementation must take the same time and give the same answer for an unknown customer as for a wrong secret,
 * and must limit attempts over all processes. To hand over to a login elsewhere, render a page that posts to it and
 * let it come back with a one-time ticket in the form that `attempt` redeems.
 */
export interface SignIn {
  /** The authentication context classes an attempt can end in, of those the issuer publishes. */
  reachable(acrValues: readonly string[]): readonly string[];
  /** The page as a whole document; `refusal`: what was wrong with the attempt before. */
  page(view: SignInView, refusal?: SignInRefusal): string;
  /** Judges one posted attempt. Throws only on an outage. */
  attempt(attempt: SignInAttempt): Promise<SignInOutcome>;
}
