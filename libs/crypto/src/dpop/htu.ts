/** RFC 3986 characters only: what a URL parser would silently mend is refused instead. */
const shape = /^https?:\/\/[A-Za-z0-9._~!$&'()*+,;=:[\]%-]+(?:\/[A-Za-z0-9._~!$&'()*+,;=:@/[\]%-]*)?$/i;
const maxLength = 2048;

/**
 * A URL as `htu` compares it: without query and fragment, scheme and host in lower case, default port and dot segments
 * gone, percent-encoding normalised (RFC 9449 section 4.3, RFC 3986 sections 6.2.2 and 6.2.3). `undefined` when the
 * text is not an absolute http(s) URL.
 */
export function normaliseHtu(url: string): string | undefined {
  const end = url.search(/[?#]/);
  const bare = end < 0 ? url : url.slice(0, end);
  if (bare.length > maxLength || !shape.test(bare) || /%(?![0-9A-Fa-f]{2})/.test(bare)) return undefined;
  try {
    const { protocol, host, pathname } = new URL(bare);
    return `${protocol}//${host}${normalisePercent(pathname)}`;
  } catch {
    return undefined;
  }
}

const unreserved = /[A-Za-z0-9._~-]/;

/** `%7E` is `~`; what must stay encoded is written in upper case. */
function normalisePercent(path: string): string {
  if (!path.includes('%')) return path;
  return path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => {
    const character = String.fromCharCode(parseInt(encoded.slice(1), 16));
    return unreserved.test(character) ? character : encoded.toUpperCase();
  });
}
