/**
 * `GR-7F3A-21`: what a person reads out to the helpdesk. It is the first three bytes of the grant's id, so the shard is
 * in it and no table of references is needed; two grants of one may exist, and a search shows both.
 */
export function referenceOf(grantId: string): string {
  const hex = Buffer.from(grantId.slice(0, 4), 'base64url').toString('hex').toUpperCase().padEnd(6, '0');
  return `GR-${hex.slice(0, 4)}-${hex.slice(4)}`;
}

/** What a grant's id begins with, from its reference or its id; `undefined` when it is neither. */
export function grantNamed(text: string): string | undefined {
  const [, four, two] = /^GR-?([0-9A-F]{4})-?([0-9A-F]{2})$/i.exec(text) ?? [];
  if (four !== undefined && two !== undefined) return Buffer.from(four + two, 'hex').toString('base64url');
  return /^[A-Za-z0-9_-]{32}$/.test(text) ? text : undefined;
}
