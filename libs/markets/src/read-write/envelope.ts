import type { MarketAnswer, MarketRequest } from '../route.js';

/** Where an answer stands among the pages of a list. */
export interface Pages {
  readonly next?: string | undefined;
  readonly previous?: string | undefined;
  readonly first?: string | undefined;
}

/** `Data`, `Risk`, `Links` and `Meta` (UK Open Banking v4, Read-Write API Profile, Response Structure). */
export function answerWith(request: MarketRequest, data: unknown, { status = 200, self, risk, pages }: { readonly status?: number; readonly self?: string; readonly risk?: unknown; readonly pages?: Pages } = {}): MarketAnswer {
  return { status, body: envelope(data, { self: self ?? selfOf(request), risk, pages }) };
}

export function envelope(data: unknown, { self, risk, pages }: { readonly self: string; readonly risk?: unknown; readonly pages?: Pages | undefined }): Readonly<Record<string, unknown>> {
  const links = { Self: self, ...given('First', pages?.first), ...given('Prev', pages?.previous), ...given('Next', pages?.next) };
  // How many pages there are is not known of a list that is read page by page.
  return { Data: data, ...given('Risk', risk), Links: links, Meta: pages === undefined ? { TotalPages: 1 } : {} };
}

const given = (name: string, value: unknown): Readonly<Record<string, unknown>> => (value === undefined ? {} : { [name]: value });

/** The address that was called, as it was called. */
export function selfOf({ url, query }: MarketRequest): string {
  const asked = query.toString();
  return asked === '' ? url : `${url}?${asked}`;
}
