import { canonical } from './canonical.js';

interface Rules<Detail> {
  readonly isWithin: (asked: Detail, granted: Detail) => boolean;
  /** Members that hold lists: two details that differ in one of these alone are one detail with both lists. */
  readonly lists: readonly (keyof Detail & string)[];
}

/**
 * The fewest details that permit what all of `details` permit, and nothing more (GM-SE-06): what is within another
 * goes, and two that differ in one list alone become one. The answer depends on what is there, not on its order.
 */
export function unionOf<Detail extends object>(details: readonly Detail[], rules: Rules<Detail>): readonly Detail[] {
  let left = inOrder(details);
  for (;;) {
    left = withoutCovered(left, rules);
    const joined = joinOnce(left, rules);
    if (!joined) return left;
    left = inOrder(joined);
  }
}

const inOrder = <Detail extends object>(details: readonly Detail[]): readonly Detail[] =>
  details.map((detail) => [canonical(detail), detail] as const).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, detail]) => detail); // prettier-ignore

/** Of two that cover each other the first stays. */
const withoutCovered = <Detail extends object>(details: readonly Detail[], { isWithin }: Rules<Detail>): readonly Detail[] =>
  details.filter((one, at) => !details.some((other, index) => index !== at && isWithin(one, other) && (index < at || !isWithin(other, one))));

function joinOnce<Detail extends object>(details: readonly Detail[], { lists }: Rules<Detail>): readonly Detail[] | undefined {
  for (const [at, one] of details.entries()) {
    for (const other of details.slice(at + 1)) {
      const list = lists.find((name) => Array.isArray(one[name]) && Array.isArray(other[name]) && canonical({ ...one, [name]: [] }) === canonical({ ...other, [name]: [] }));
      if (list === undefined) continue;
      const both = { ...one, [list]: [...new Set([...(one[list] as readonly string[]), ...(other[list] as readonly string[])])].sort() };
      return [...details.filter((detail) => detail !== one && detail !== other), both];
    }
  }
  return undefined;
}
