import { interactionRequired, loginRequired, unmetAuthenticationRequirements, type OAuthError, type PushedRequest, type Session } from '@assent/protocol';

/** All that the decision rests on. Pure: no store, no clock. */
export interface DecisionFacts {
  readonly request: Pick<PushedRequest, 'prompt' | 'maxAge' | 'claims' | 'idTokenHintSubject'>;
  readonly session: Session | undefined;
  /** SHA-256 (hex) of this interaction, as `Session.signedInFor` names it. */
  readonly interaction: string;
  /** Authentication context classes the sign-in can end in. */
  readonly reachable: readonly string[];
  /** Those this issuer speaks of. */
  readonly known: readonly string[];
  /** How the client knows the session's customer. */
  readonly subjectOf: (customerId: string) => string;
  readonly now: Date;
}

export type WhySignIn = 'no-session' | 'asked' | 'too-old' | 'acr' | 'other-customer';

export type Decision =
  | { readonly do: 'sign-in'; readonly why: WhySignIn }
  | { readonly do: 'consent'; readonly session: Session }
  /** `prompt=none`: a code on a grant that covers the request, without asking anybody. */
  | { readonly do: 'existing-grant'; readonly session: Session }
  | { readonly do: 'refuse'; readonly error: OAuthError };

/**
 * What a request needs next (OpenID Connect Core section 3.1.2). With `prompt=none` nobody is asked anything: what
 * would need the customer is an error (OIDC-03).
 */
export function decide(facts: DecisionFacts): Decision {
  const { request, session } = facts;
  const silent = request.prompt.includes('none');
  const wanted = essentialAcr(request);
  const signedInHere = session?.signedInFor === facts.interaction;
  if (wanted && !wanted.some((acr) => facts.reachable.includes(acr) || acr === session?.acr)) return refuse(unmet());
  const why = whySignIn(facts, wanted);
  if (why === 'acr' && signedInHere) return refuse(unmet());
  if (why !== undefined) return silent ? refuse(silentRefusal(why)) : { do: 'sign-in', why };
  // `whySignIn` answers 'no-session' where there is none.
  const proven = session as Session;
  return silent ? { do: 'existing-grant', session: proven } : { do: 'consent', session: proven };
}

function whySignIn({ request, session, interaction, known, subjectOf, now }: DecisionFacts, wanted: readonly string[] | undefined): WhySignIn | undefined {
  if (!session || session.handle.expiresAt.getTime() <= now.getTime()) return 'no-session';
  const asked = requestedSubject(request);
  if (asked !== undefined && subjectOf(session.customerId) !== asked) return 'other-customer';
  if (wanted && !wanted.includes(session.acr)) return 'acr';
  // Signing in for this very request answers `prompt=login` and any `max_age`; it must not be asked for twice.
  if (session.signedInFor === interaction) return undefined;
  // Signed in at an issuer with classes of its own: what they mean is not for this one to tell.
  if (!known.includes(session.acr)) return 'acr';
  if (request.prompt.includes('login') || request.prompt.includes('select_account')) return 'asked';
  if (request.maxAge !== undefined && isOlder(session.authTime, request.maxAge, now)) return 'too-old';
  return undefined;
}

/** OIDC-04: 0 always asks anew, also within the same second. */
const isOlder = (authTime: Date, maxAge: number, now: Date): boolean => maxAge === 0 || now.getTime() - authTime.getTime() > maxAge * 1000;

/**
 * OIDC-06: the classes of an essential `acr` claim; `undefined` when none is named. A voluntary one (`acr_values`) is
 * answered with the class there is.
 */
export function essentialAcr({ claims }: Pick<PushedRequest, 'claims'>): readonly string[] | undefined {
  const acr = claims?.id_token?.['acr'];
  if (!acr?.essential) return undefined;
  const named = acr.values ?? (acr.value === undefined ? undefined : [acr.value]);
  return named && named.length > 0 ? named.filter((value): value is string => typeof value === 'string') : undefined;
}

/** OIDC-07 and the `sub` claim of OpenID Connect Core section 5.5.1: only this customer may answer. */
function requestedSubject({ claims, idTokenHintSubject }: Pick<PushedRequest, 'claims' | 'idTokenHintSubject'>): string | undefined {
  const sub = claims?.id_token?.['sub']?.value ?? claims?.userinfo?.['sub']?.value;
  return idTokenHintSubject ?? (typeof sub === 'string' ? sub : undefined);
}

const refuse = (error: OAuthError): Decision => ({ do: 'refuse', error });
const unmet = () => unmetAuthenticationRequirements('the requested authentication context cannot be reached', 'OIDC-06');

/** `login_required` where a sign-in would help, `interaction_required` where a stronger one is needed. */
function silentRefusal(why: WhySignIn): OAuthError {
  switch (why) {
    case 'no-session':
      return loginRequired('the customer is not signed in', 'OIDC-03');
    case 'asked':
    case 'too-old':
      return loginRequired('the customer signed in too long ago', 'OIDC-04');
    case 'other-customer':
      return loginRequired('another customer is signed in', 'OIDC-07');
    case 'acr':
      return interactionRequired('the customer must authenticate more strongly', 'OIDC-06');
  }
}

const usual = 'urn:assent:acr:password';

/** The classes of an issuer; of one that publishes none, what a sign-in ends in. */
export const classesOf = ({ acrValues }: { readonly acrValues: readonly string[] }): readonly string[] => (acrValues.length > 0 ? acrValues : [usual]);
