import { deriveKey, open, seal, SealError } from '@assent/crypto';
import type { Locale } from '@assent/pages';
import type { SiteName } from '@assent/protocol';
import { signInSeconds, type Pending } from './client.js';

/** `__Host-`: this host only, over TLS only. Lax: it must come along when the browser is sent here by the issuer. */
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Lax';

/** Names of a site's cookies; sites on one host under different ports must not share them. */
const names = (site: SiteName) => ({ session: `__Host-assent-${site}`, signIn: `__Host-assent-${site}-sign-in`, locale: `__Host-assent-${site}-lang` });

/** The cookies of one site. The session's holds a random value the database knows only hashed. */
export class SiteCookies {
  private readonly key: Buffer;
  private readonly names: ReturnType<typeof names>;

  constructor(site: SiteName, master: Buffer) {
    this.key = deriveKey(master, `site/${site}/sign-in`);
    this.names = names(site);
  }

  session = (header: string | undefined): string | undefined => read(header, this.names.session);
  setSession = (value: string, seconds: number): string => `${this.names.session}=${value}; Max-Age=${Math.floor(seconds)}; ${attributes}`;
  endSession = (): string => `${this.names.session}=; Max-Age=0; ${attributes}`;

  /** A sign-in under way, sealed: whoever has no such cookie cannot finish somebody else's (login CSRF). */
  setPending = (pending: Pending): string => `${this.names.signIn}=${seal(Buffer.from(JSON.stringify(pending)), this.key, 'pending').toString('base64url')}; Max-Age=${signInSeconds}; ${attributes}`;
  endPending = (): string => `${this.names.signIn}=; Max-Age=0; ${attributes}`;

  pending(header: string | undefined): Pending | undefined {
    const sealed = read(header, this.names.signIn);
    if (!sealed) return undefined;
    try {
      return JSON.parse(open(Buffer.from(sealed, 'base64url'), this.key, 'pending').toString('utf8')) as Pending;
    } catch (error) {
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }

  locale = (header: string | undefined): string | undefined => read(header, this.names.locale);
  setLocale = (locale: Locale): string => `${this.names.locale}=${locale}; Max-Age=31536000; ${attributes}`;
}

function read(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
