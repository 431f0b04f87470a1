import type { DetailTypes } from '@assent/authorization-details';
import { invalidAuthorizationDetails, type AuthorizationDetail, type NarrowDetails, type OAuthError } from '@assent/protocol';
import { detailsParameter } from '../request/authorization-details.js';
import type { Call } from '../request/call.js';

/** What of its grant's details a token request wants for the access token (RFC 9396 section 6). */
export class Narrowing {
  private exceeding = 0;

  private constructor(
    private readonly asked: readonly AuthorizationDetail[],
    private readonly types: DetailTypes,
  ) {}

  /** `undefined` when the request does not narrow. `invalid_authorization_details` when the parameter is malformed. */
  static of({ form, engine }: Pick<Call, 'form' | 'engine'>): Narrowing | undefined {
    const value = detailsParameter(form);
    return value === undefined ? undefined : new Narrowing(engine.details.parseNarrowing(value), engine.details);
  }

  readonly narrow: NarrowDetails = (granted) => {
    const narrowed = this.types.narrow(this.asked, granted);
    if ('details' in narrowed) return narrowed.details;
    this.exceeding = narrowed.exceeding;
    return undefined;
  };

  /** RR-09: for a request that asked for more than was granted. */
  static refusal(narrowing: Narrowing | undefined): OAuthError {
    return invalidAuthorizationDetails(`authorization_details[${narrowing?.exceeding ?? 0}] must stay within what was granted`, 'RR-09');
  }
}
