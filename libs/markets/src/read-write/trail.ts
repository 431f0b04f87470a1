import { MarketRefusal } from '../refusal.js';
import type { MarketRequest } from '../route.js';
import type { ReadWriteCodes } from './codes.js';
import type { Pages } from './envelope.js';
import { selfOf } from './envelope.js';

/*
 * Lists are read by cursors, which lead on and not back. So that each page can link to the one before, `page` holds the
 * cursors of the way that led to it, the last being its own.
 */

const most = 60;

/** The cursors in `page`; empty on the first page. */
export function readTrail({ query }: MarketRequest, { invalid }: ReadWriteCodes): readonly string[] {
  const [text, ...more] = query.getAll('page');
  if (text === undefined) return [];
  if (more.length > 0 || !/^[\w-]{1,128}(~[\w-]{1,128}){0,59}$/.test(text)) throw new MarketRefusal(400, invalid, 'page must be one that Links.Next or Links.Prev gave', 'ASSENT-RW-07', { path: 'page' });
  return text.split('~');
}

export function pagesOf(request: MarketRequest, trail: readonly string[], next: string | undefined): Pages {
  return {
    first: withPage(request, []),
    previous: trail.length === 0 ? undefined : withPage(request, trail.slice(0, -1)),
    next: next === undefined ? undefined : withPage(request, [...trail, next].slice(-most)),
  };
}

function withPage(request: MarketRequest, trail: readonly string[]): string {
  const query = new URLSearchParams(request.query);
  query.delete('page');
  if (trail.length > 0) query.set('page', trail.join('~'));
  return selfOf({ ...request, query });
}
