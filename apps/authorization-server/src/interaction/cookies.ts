import { createHmac, randomBytes } from 'node:crypto';
import { constantTimeEqual } from '@assent/crypto';
import { parseHandle, sha256, type Handle } from '@assent/protocol';

/*
 * Two cookies. The session cookie holds a random value the database knows only hashed; it is a new one at each
 * sign-in. The other exists before anybody signs in: it ties pages and posts to one browser, and remembers which
 * requests arrived in it while they were in time.
 */

/** Whose sign-in an issuer is (`signsIn`). */
export type Realm = 'customers' | 'staff';

/** A cookie for each realm: signing in as one does not sign the other out. */
export const sessionCookies: Readonly<Record<Realm, string>> = { customers: '__Host-assent-as', staff: '__Host-assent-as-staff' };
export const sessionCookie = sessionCookies.customers;
export const browserCookie = '__Host-assent-as-csrf';

/** `__Host-`: this host only, over TLS only. Lax: strict would not be sent when the customer arrives from a client. */
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** A cookie's value. `__Host-` names cannot be set by other hosts, so the first one is the only one. */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}

export const setSessionCookie = (realm: Realm, value: string, maxAgeSeconds: number): string => `${sessionCookies[realm]}=${value}; Max-Age=${Math.floor(maxAgeSeconds)}; ${attributes}`;

export const clearSessionCookie = (realm: Realm): string => setSessionCookie(realm, '', 0);

const remembered = 8;
const shape = /^[A-Za-z0-9_-]{22}(\.[A-Za-z0-9_-]{16}){0,8}$/;

/** One browser: a random id, and a mark for each of the last few requests that arrived in it. */
export class Browser {
  private constructor(
    private readonly key: Buffer,
    readonly id: string,
    private readonly marks: readonly string[],
    /** Whether the browser sent the cookie back. */
    readonly known: boolean,
  ) {}

  static of(key: Buffer, cookie: string | undefined): Browser {
    if (cookie === undefined || !shape.test(cookie)) return new Browser(key, randomBytes(16).toString('base64url'), [], false);
    const [id = '', ...marks] = cookie.split('.');
    return new Browser(key, id, marks, true);
  }

  /** Whether the request arrived in this browser before, while it was in time (F2-AZ-14). */
  hasSeen(request: Handle): boolean {
    const mark = this.mark(request);
    return this.marks.some((one) => constantTimeEqual(one, mark));
  }

  /** The cookie that remembers an arrival too; `undefined` when it already does. */
  remember(request: Handle): string | undefined {
    if (this.hasSeen(request)) return undefined;
    const marks = [this.mark(request), ...this.marks].slice(0, remembered);
    return `${browserCookie}=${[this.id, ...marks].join('.')}; ${attributes}`;
  }

  /** The cookie for pages that belong to no one request; `undefined` when the browser has it. */
  introduce(): string | undefined {
    return this.known ? undefined : `${browserCookie}=${this.id}; ${attributes}`;
  }

  private mark(request: Handle): string {
    return createHmac('sha256', this.key).update(`arrived\0${this.id}\0`).update(request.hash).digest('base64url').slice(0, 16);
  }
}

/** The session a cookie names; not looked up yet. */
export function sessionHandle(realm: Realm, cookie: string | undefined): Handle | undefined {
  const handle = cookie === undefined ? undefined : parseHandle(cookie);
  return handle && inRealm(realm, handle);
}

/** Staff sessions are kept under another hash: a cookie of one realm, sent under the other's name, finds no row. */
export const inRealm = (realm: Realm, handle: Handle): Handle => (realm === 'customers' ? handle : { ...handle, hash: sha256(Buffer.concat([Buffer.from(`${realm}\0`), handle.hash])) });
