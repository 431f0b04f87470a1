/** Far more than any type needs. */
const maxDepth = 10;

/**
 * What no type accepts, whatever its schema says; the description for the developer, or `undefined`. PostgreSQL's JSON
 * holds neither NUL nor halves of surrogate pairs, and `__proto__` is a trap for whoever copies the object.
 */
export function unsound(value: unknown, path: string, depth = maxDepth): string | undefined {
  if (typeof value === 'string') return isText(value) ? undefined : `${path} holds text that is not Unicode, or NUL`;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth === 0) return `${path} is nested too deeply`;
  for (const [name, member] of Object.entries(value)) {
    if (!isText(name)) return `${path} has a member whose name is not Unicode, or holds NUL`;
    if (name === '__proto__') return `${path} has a member named __proto__`;
    const found = unsound(member, path, depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isText = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);
