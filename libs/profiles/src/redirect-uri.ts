/*
 * Redirect URIs are compared as text (RFC 9700 section 2.1), but for the port of a native client's loopback address
 * (RFC 8252 section 7.3), which the operating system picks at the time of the request.
 */

const loopback = /^http:\/\/(127\.0\.0\.1|\[::1\])(?::\d{1,5})?(\/.*|\?.*)?$/;

/** An absolute https URL without fragment and user name (F2-AZ-08; RFC 6749 section 3.1.2). */
export function isAllowedRedirectUri(uri: string): boolean {
  if (uri.includes('#') || uri.includes('*') || /[^\x21-\x7e]/.test(uri) || !URL.canParse(uri)) return false;
  const url = new URL(uri);
  return url.protocol === 'https:' && url.username === '' && url.password === '' && /^https:\/\/[^/]/.test(uri);
}

/** `http` on a loopback address, as only native applications may register it (RFC 8252 section 7.3). */
export function isLoopbackRedirectUri(uri: string): boolean {
  return loopback.test(uri) && !uri.includes('#') && URL.canParse(uri);
}

/** Whether a request may use this redirect URI: one that is registered, character by character. */
export function isRegisteredRedirectUri(registered: readonly string[], uri: string): boolean {
  if (registered.includes(uri)) return true;
  if (!isLoopbackRedirectUri(uri)) return false;
  return registered.some((one) => isLoopbackRedirectUri(one) && withoutPort(one) === withoutPort(uri));
}

const withoutPort = (uri: string): string => uri.replace(loopback, 'http://$1$2');
