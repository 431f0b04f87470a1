import { MarketRefusal, type HeaderRules, type MarketRoute } from '@assent/markets';
import type { FoundRoute } from './call.js';

type ReadHeader = (name: string) => string | undefined;

/** Finds the route of a call; compiled once for each market. */
export type Router = (call: { readonly method: string; readonly path: string }, header: ReadHeader) => FoundRoute;

interface Compiled {
  readonly route: MarketRoute;
  readonly segments: readonly string[];
}

/**
 * Of the routes that fit, the one with the fewest parameters; of those at one address in several versions, the one the
 * market chooses by its headers. `MarketRefusal`: 404 where nothing lies, 405 (`Allow`) for another method.
 */
export function routerOf(routes: readonly MarketRoute[], versions: HeaderRules['version']): Router {
  const compiled = routes.map((route): Compiled => ({ route, segments: segmentsOf(route.path) })).sort((a, b) => parameters(a) - parameters(b));
  return ({ method, path }, header) => {
    const segments = segmentsOf(path);
    const fitting = compiled.flatMap((one) => {
      const params = paramsOf(one.segments, segments);
      return params ? [{ ...one, params }] : [];
    });
    const [closest] = fitting;
    if (!closest) throw new MarketRefusal(404, 'not_found', 'no such address', 'ASSENT-MK-01');
    // Addresses that read the same; `/accounts/balances` is none of `/accounts/:id`.
    const here = fitting.filter((one) => parameters(one) === parameters(closest));
    const wanted = method === 'HEAD' ? 'GET' : method;
    const mine = here.filter(({ route }) => route.method === wanted);
    const [first] = mine;
    if (!first) throw notAllowed(here.map(({ route }) => route.method));
    const version = versionOf(mine.map(({ route }) => route), versions, header);
    const chosen = version === undefined ? first : (mine.find(({ route }) => route.versions?.includes(version)) ?? first);
    return { route: chosen.route, params: chosen.params, version };
  };
}

function versionOf(routes: readonly MarketRoute[], choose: HeaderRules['version'], header: ReadHeader): number | undefined {
  const offered = [...new Set(routes.flatMap(({ versions = [] }) => versions))].sort((a, b) => a - b);
  return offered.length === 0 || !choose ? undefined : choose({ header }, offered);
}

const parameters = ({ segments }: Compiled): number => segments.filter((one) => one.startsWith(':')).length;

const segmentsOf = (path: string): readonly string[] => path.split('/').slice(1);

function paramsOf(pattern: readonly string[], segments: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? '';
    if (!part.startsWith(':')) {
      if (part !== segment) return undefined;
      continue;
    }
    const value = decoded(segment);
    if (value === undefined || value === '') return undefined;
    params[part.slice(1)] = value;
  }
  return params;
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

function notAllowed(methods: readonly string[]): MarketRefusal {
  const allow = [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))].join(', ');
  return new MarketRefusal(405, 'method_not_allowed', `use ${allow}`, 'ASSENT-MK-02', { headers: { allow } });
}
