import { didYouMean } from '../problem.js';

/** `found "x"; did you mean y?` */
export function notFound(value: string, known: readonly string[]): string {
  const meant = didYouMean(value, known);
  return `found "${value}"${meant ? `; did you mean ${meant}?` : ''}`;
}
