import type { MarketAnswer, MarketRequest } from '../src/route.js';
import { refuse } from './errors.js';

const most = 1000;

/** A page of a list that is held whole, with the links and counts every list has (CDS Pagination). */
export function pageOf(request: Pick<MarketRequest, 'query' | 'url'>, member: string, all: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): MarketAnswer {
  const { query, url } = request;
  const [page, size] = [whole(query, 'page', 1), whole(query, 'page-size', 25)];
  if (size > most) throw refuse(400, 'invalidPageSize', `page-size must be at most ${most}`, 'ASSENT-CDR-21');
  const pages = Math.ceil(all.length / size);
  if (page > Math.max(1, pages)) throw refuse(422, 'invalidPage', `page must be at most ${Math.max(1, pages)}`, 'ASSENT-CDR-21');
  const at = (number: number): string => `${url}?${new URLSearchParams({ ...Object.fromEntries(query), page: String(number), 'page-size': String(size) }).toString()}`;
  const links = {
    self: query.size === 0 ? url : at(page),
    ...(page > 1 && { first: at(1), prev: at(page - 1) }),
    ...(page < pages && { next: at(page + 1), last: at(pages) }),
  };
  return { status: 200, body: { data: { [member]: all.slice((page - 1) * size, page * size), ...more }, links, meta: { totalRecords: all.length, totalPages: pages } } };
}

/** One thing. */
export const oneOf = ({ url }: Pick<MarketRequest, 'url'>, data: unknown): MarketAnswer => ({ status: 200, body: { data, links: { self: url }, meta: {} } });

function whole(query: URLSearchParams, name: string, usual: number): number {
  const text = query.get(name);
  if (text === null) return usual;
  if (!/^0*[1-9]\d{0,8}$/.test(text)) throw refuse(400, 'fieldInvalid', `${name} must be a positive whole number`, 'ASSENT-CDR-20');
  return Number(text);
}

/** A parameter of the query that is one of some words; the usual one when absent. */
export function choice<T extends string>(query: URLSearchParams, name: string, words: readonly T[], usual: T): T {
  const text = query.get(name);
  if (text === null) return usual;
  const found = words.find((word) => word === text);
  if (found === undefined) throw refuse(400, 'fieldInvalid', `${name} must be one of ${words.join(', ')}`, 'ASSENT-CDR-20');
  return found;
}
