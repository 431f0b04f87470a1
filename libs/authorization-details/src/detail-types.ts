import type { AuthorizationDetail } from '@assent/protocol';
import { canonical } from './canonical.js';
import type { Choice, DetailType, OfferedAccount } from './detail-type.js';
import type { Presentation } from './presentation.js';
import { at, objectsOf, refusal, told } from './request-objects.js';
import { compileSchema, type CompiledSchema } from './schema/compile.js';
import { undescribed } from './undescribed.js';

type Details = readonly AuthorizationDetail[];

/** Any type: what is in a list of details is told by their `type` alone. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a type of its own members is neither wider nor narrower than one of any members
export type AnyDetailType = DetailType<any>;

/** What a request is measured against beside the types themselves. */
export interface RequestRules {
  /** Types this issuer offers. */
  readonly issuerTypes: readonly string[];
  /** Types the client is registered for (RFC 9396 section 10). */
  readonly clientTypes: readonly string[];
  readonly now: Date;
}

export type Narrowed = { readonly details: Details } | { readonly exceeding: number };

/** The types of `authorization_details` a deployment knows, and all that can be done with lists of them (RFC 9396). */
export class DetailTypes {
  private constructor(
    private readonly types: ReadonlyMap<string, DetailType>,
    private readonly schemas: ReadonlyMap<string, CompiledSchema>,
  ) {}

  /** Compiles every schema. Throws when one is not sound, or two types have one name. */
  static of(types: readonly AnyDetailType[]): DetailTypes {
    const byName = new Map(types.map((type) => [type.type, type as DetailType]));
    if (byName.size !== types.length) throw new Error('two authorization detail types have the same name');
    return new DetailTypes(byName, new Map(types.map(({ type, schema }) => [type, compileSchema(type, schema)])));
  }

  get names(): readonly string[] {
    return [...this.types.keys()];
  }

  has(type: string): boolean {
    return this.types.has(type);
  }

  /** The type of a detail; a stand-in for one that is not registered any more. */
  typeOf({ type }: AuthorizationDetail): DetailType {
    return this.types.get(type) ?? undescribed(type);
  }

  /**
   * The details of an authorization request (RFC 9396 sections 2 and 5), out of JSON. Throws
   * `invalid_authorization_details` for the first thing that is not as type, issuer and client registration say.
   */
  parse(value: unknown, { issuerTypes, clientTypes, now }: RequestRules): Details {
    return objectsOf(value).map((object, index) => {
      const where = at(index);
      const { type, schema } = this.known(object, where);
      if (!issuerTypes.includes(type.type)) throw refusal(`${where}.type must be one this issuer offers (authorization_details_types_supported)`, 'RR-04');
      if (!clientTypes.includes(type.type)) throw refusal(`${where}.type must be one this client is registered for (authorization_details_types)`, 'RR-05');
      const detail = object as AuthorizationDetail;
      const fault = schema.whole(detail, where) ?? told(where, type.fault?.(detail, { now }));
      if (fault !== undefined) throw refusal(fault, 'RR-04');
      return detail;
    });
  }

  /**
   * The details of a token request, which may leave out members that stay as granted (RFC 9396 section 6). Judged for
   * form alone; `narrow` measures them. Throws `invalid_authorization_details`.
   */
  parseNarrowing(value: unknown): Details {
    return objectsOf(value).map((object, index) => {
      const fault = this.known(object, at(index)).schema.part(object, at(index));
      if (fault !== undefined) throw refusal(fault, 'RR-04');
      return object as AuthorizationDetail;
    });
  }

  /**
   * What of the grant a token request asks for: every granted detail each object fits into, narrowed by it. The index
   * of the first object that fits none, which is the one that asks for more than was granted (RFC 9396 section 6.1).
   */
  narrow(asked: Details, granted: Details): Narrowed {
    const details: AuthorizationDetail[] = [];
    for (const [index, one] of asked.entries()) {
      const fitting = this.fitting(one, granted);
      if (fitting.length === 0) return { exceeding: index };
      details.push(...fitting);
    }
    return { details: distinct(details) };
  }

  /** Whether all of `asked`, as it stands, is within `granted`. */
  isWithin(asked: Details, granted: Details): boolean {
    return asked.every((one) => granted.some((other) => one.type === other.type && this.typeOf(one).isWithin(one, other)));
  }

  /** Those of a request that a grant does not cover yet: what a merge must ask the customer about (GM-SE-01). */
  uncovered(asked: Details, granted: Details): Details {
    return asked.filter((one) => this.fitting(one, granted).length === 0);
  }

  /**
   * An `identifier` in a request repeats that of an object of the grant the request names, and changes nothing about it
   * (GM-SE-06). Throws `invalid_authorization_details` for one a client made up.
   */
  verifyIdentifiers(details: Details, granted: Details): void {
    for (const [index, one] of details.entries()) {
      if (one['identifier'] === undefined || this.fitting(one, granted).length > 0) continue;
      throw refusal(`${at(index)}.identifier must be left out, unless the object repeats one of the grant that grant_id names`, 'GM-SE-06');
    }
  }

  /** What both permit (GM-SE-06): equal objects once, mergeable ones as one. */
  merge(existing: Details, added: Details): Details {
    const names = [...new Set([...existing, ...added].map(({ type }) => type))];
    return names.flatMap((name) => {
      const ofType = (details: Details) => details.filter(({ type }) => type === name);
      return this.typeOf({ type: name }).merge(ofType(existing), ofType(added));
    });
  }

  /** The details as granted (RFC 9396 section 7.1); `choices` in their order. */
  enrich(details: Details, choices: readonly Choice[]): Details {
    return details.map((detail, index) => {
      const choice = choices[index];
      if (!choice) throw new Error(`no choice for ${at(index)}`);
      return this.typeOf(detail).enrich(detail, choice);
    });
  }

  picks(detail: AuthorizationDetail): 'accounts' | 'one-account' | 'nothing' {
    return this.typeOf(detail).picks(detail);
  }

  /** Whether the customer may pick this account of theirs for the detail. */
  offers(detail: AuthorizationDetail, account: OfferedAccount): boolean {
    return this.typeOf(detail).offers?.(detail, account) ?? true;
  }

  /** The accounts granted details speak of, each once. */
  accounts(details: Details): readonly string[] {
    return [...new Set(details.flatMap((detail) => this.typeOf(detail).accounts?.(detail) ?? []))];
  }

  withoutAccount(details: Details, accountId: string): Details {
    return details.map((detail) => this.typeOf(detail).withoutAccount(detail, accountId)).filter((detail) => detail !== undefined);
  }

  /** When the detail ends by itself, if it does. */
  endsAt(detail: AuthorizationDetail): Date | undefined {
    return this.typeOf(detail).endsAt?.(detail);
  }

  kindOf(detail: AuthorizationDetail): 'data' | 'payment' {
    return this.typeOf(detail).kind;
  }

  /** Whether a client may have it for itself (`client_credentials`). */
  isWithoutCustomer(detail: AuthorizationDetail): boolean {
    return this.typeOf(detail).withoutCustomer ?? false;
  }

  /**
   * The detail in plain words. `until`: the end of the grant it stands in, when it has one; a detail that ends with it or
   * would outlive it does not name an end of its own, for the grant's is the one that counts.
   */
  present(detail: AuthorizationDetail, locale: string, until: Date | null = null): Presentation {
    const words = this.typeOf(detail).present(detail, locale);
    const outlives = until !== null && (this.endsAt(detail)?.getTime() ?? Infinity) >= until.getTime();
    return outlives ? { ...words, terms: words.terms.filter(({ id }) => id !== 'until') } : words;
  }

  /** Every granted detail that `asked`, completed by it, is within; narrowed accordingly. */
  private fitting(asked: AuthorizationDetail, granted: Details): Details {
    const type = this.types.get(asked.type);
    if (!type) return granted.filter((one) => canonical(one) === canonical(asked));
    const schema = this.schemas.get(asked.type);
    const faultOf = (detail: AuthorizationDetail) => type.fault?.(detail, { now: anyTime });
    // What is wrong with the granted one itself is a matter of time: it was right when it was granted.
    const isSound = (whole: AuthorizationDetail, one: AuthorizationDetail) => schema?.whole(whole, '') === undefined && [undefined, faultOf(one)].includes(faultOf(whole));
    return granted
      .filter((one) => one.type === asked.type)
      .map((one) => ({ one, whole: type.complete?.(asked, one) ?? { ...one, ...asked } }))
      .filter(({ one, whole }) => isSound(whole, one) && type.isWithin(whole, one))
      // The same in another order of words is what was granted.
      .map(({ one, whole }) => (type.isWithin(one, whole) ? one : whole));
  }

  private known(object: object, where: string): { readonly type: DetailType; readonly schema: CompiledSchema } {
    const name = Object.hasOwn(object, 'type') ? (object as Record<string, unknown>)['type'] : undefined;
    if (name === undefined) throw refusal(`${where}.type is required`, 'RR-02');
    if (typeof name !== 'string') throw refusal(`${where}.type must be a string`, 'RR-02');
    // Octet by octet (RFC 9396 section 12): no trimming, no case folding, no normalisation.
    const [type, schema] = [this.types.get(name), this.schemas.get(name)];
    if (!type || !schema) throw refusal(`${where}.type must be one this server knows (authorization_details_types_supported)`, 'RR-04');
    return { type, schema };
  }
}

const anyTime = new Date(0);

const distinct = (details: Details): Details => [...new Map(details.map((detail) => [canonical(detail), detail])).values()];
