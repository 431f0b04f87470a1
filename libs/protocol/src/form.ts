import { invalidRequest } from './oauth-error.js';

/**
 * A form body or query that keeps every pair, so that a duplicated parameter is an error and never an overwrite.
 * A parameter sent without a value counts as omitted (RFC 6749 section 3.1).
 */
export class Form {
  private constructor(private readonly pairs: ReadonlyMap<string, readonly string[]>) {}

  /** `text` is `application/x-www-form-urlencoded`, without a leading `?`. */
  static parse(text: string): Form {
    return Form.of(new URLSearchParams(text));
  }

  static of(entries: Iterable<readonly [string, string]>): Form {
    const pairs = new Map<string, string[]>();
    for (const [name, value] of entries) {
      if (value === '') continue;
      const values = pairs.get(name);
      if (values) values.push(value);
      else pairs.set(name, [value]);
    }
    return new Form(pairs);
  }

  /** The one value of a required parameter. `invalid_request` when absent or repeated (RFC 6749 section 3.2). */
  one(name: string): string {
    const value = this.optional(name);
    if (value === undefined) throw invalidRequest(`${name} is required`, 'ASSENT-FORM-01');
    return value;
  }

  /** The one value of an optional parameter. `invalid_request` when repeated. */
  optional(name: string): string | undefined {
    const values = this.pairs.get(name);
    if (values && values.length > 1) throw invalidRequest(`${name} must not be repeated`, 'ASSENT-FORM-02');
    return values?.[0];
  }

  /** Every value of a parameter that may repeat (`resource`, RFC 8707 section 2). */
  all(name: string): readonly string[] {
    return this.pairs.get(name) ?? [];
  }

  has(name: string): boolean {
    return this.pairs.has(name);
  }

  names(): string[] {
    return [...this.pairs.keys()];
  }

  /** `invalid_request` when any parameter but `resource` is repeated; call it where unknown parameters are stored. */
  refuseRepeats(): this {
    for (const name of this.pairs.keys()) if (name !== 'resource') this.optional(name);
    return this;
  }
}
