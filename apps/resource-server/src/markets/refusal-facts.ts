import { asOAuthError } from '@assent/http';
import { MarketRefusal } from '@assent/markets';

/** A refusal before it is put in the market's words, whoever refused. */
export interface RefusalFacts {
  readonly status: number;
  readonly code: string;
  readonly description: string;
  readonly rule: string;
  readonly title: string | undefined;
  readonly path: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** What is to be logged of a failure that is ours. */
  readonly cause: unknown;
  /** Whether a store has written it down already. */
  readonly audited: boolean;
}

/** Rules of the payments flow, which writes its refusals down itself. */
const writtenDown = new Set(['RR-13', 'ASSENT-RS-07', 'ASSENT-RS-08', 'ASSENT-RS-09']);

export function refusalFacts(error: unknown): RefusalFacts {
  if (error instanceof MarketRefusal) {
    const { status, code, description, rule, more } = error;
    return { status, code, description, rule, title: more.title, path: more.path, headers: more.headers ?? {}, cause: undefined, audited: writtenDown.has(rule) };
  }
  const { status, code, description, rule, headers, cause } = asOAuthError(error);
  return { status, code, description, rule, title: undefined, path: undefined, headers, cause: status >= 500 ? (cause ?? error) : undefined, audited: writtenDown.has(rule) };
}
