/**
 * An address a page may link to, post to or continue to. Links and forms take nothing else, so that no text from a
 * request or a registry can become `javascript:` or an address outside this site by looking like a path.
 */
export class SafeUrl {
  private constructor(private readonly text: string) {}

  /**
   * `https:`, `mailto:`, `tel:`, a path (`/x`), a query (`?x`) or a fragment (`#x`).
   * `TypeError` for anything else, `//host` and `/\host` included.
   */
  static of(text: string): SafeUrl {
    if (!isSafeUrl(text)) throw new TypeError('not an address a page may link to');
    return new SafeUrl(text);
  }

  /**
   * A validated redirect URI as the target of the page that says "continue": besides `https:`, a loopback address or
   * a private-use scheme in reverse domain form of a native app (RFC 8252 sections 7.1 and 7.3).
   */
  static ofRedirect(text: string): SafeUrl {
    if (!isSafeRedirect(text)) throw new TypeError('not an address a page may continue to');
    return new SafeUrl(text);
  }

  toString(): string {
    return this.text;
  }
}

/** Characters that browsers drop or turn into `/` before they read an address. */
const treacherous = /[\u0000-\u0020\\\u007f]/;

export function isSafeUrl(text: string): boolean {
  if (treacherous.test(text)) return false;
  return /^(https:\/\/[^/]|mailto:|tel:|#|\?)/i.test(text) || /^\/(?!\/)/.test(text);
}

export function isSafeRedirect(text: string): boolean {
  if (treacherous.test(text)) return false;
  return (
    /^https:\/\/[^/]/i.test(text) ||
    /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?([/?#]|$)/i.test(text) ||
    /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:/i.test(text)
  );
}
