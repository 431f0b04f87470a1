/** Deeper than any message needs; and what is nested deeper cannot be walked for ever. */
const deepest = 64;

/**
 * Whether JSON can be kept: it can escape what PostgreSQL's cannot hold, NUL and halves of surrogate pairs. Names of members
 * count as well.
 */
export function isStorable(value: unknown, depth = deepest): boolean {
  if (typeof value === 'string') return isStorableText(value);
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.entries(value).every(([name, member]) => isStorableText(name) && isStorable(member, depth - 1));
}

const isStorableText = (text: string): boolean => !text.includes('\0') && !/\p{Surrogate}/u.test(text);

/** Whether text can be a name of a consent: of a length an index takes, and nothing in it that cannot be seen. */
export const isConsentName = (text: string): boolean => /^[^\p{C}]{1,255}$/u.test(text);
