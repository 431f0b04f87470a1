/** A policy value in words: a list by lines, seconds with what they amount to. */
export function told(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.map((one) => (one === '' ? '(none named)' : String(one))).join('\n');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
