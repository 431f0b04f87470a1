import { createHash, createHmac } from 'node:crypto';
import type { Database } from '@assent/persistence';
import { mintHandle, mintId, newTag, plusSeconds, systemClock, tagOf, type AuthorizationDetail, type GrantStatus } from '@assent/protocol';
import { Message, send, type Answer, type TestConfiguration } from '@assent/testing/fapi';
import { deriveCsrfKey } from './sites/visit.js';

export interface NewGrant {
  readonly customerId?: string;
  readonly clientId?: string;
  readonly status?: GrantStatus;
  readonly scope?: readonly string[];
  readonly accounts?: readonly string[];
  readonly details?: readonly AuthorizationDetail[];
  readonly expiresAt?: Date | null;
}

/** A grant as a redemption leaves it: row, list entry and first version. */
export async function newGrant({ pool }: Database, issuer: string, { customerId = 'customer-ana', clientId = 'tally', status = 'active', scope = ['openid', 'accounts', 'balances'], accounts = ['ana-everyday', 'ana-savings'], details = [], expiresAt = null }: NewGrant = {}): Promise<string> {
  const id = mintId(newTag());
  const values = [tagOf(id), id, status, issuer, clientId, customerId, scope, accounts, JSON.stringify(details), expiresAt];
  await pool.query(
    `INSERT INTO assent."grant" (tag, id, status, issuer, client_id, customer_id, subject, scope, accounts, authorization_details, auth_time, acr, amr, created_at, updated_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, 'subject', $7, $8, $9, now(), '1', '{pwd}', '2026-03-01', '2026-03-02', $10)`,
    values,
  );
  await pool.query('INSERT INTO assent.customer_grant (customer_id, issuer, client_id, grant_id, grant_tag, created_at) VALUES ($1, $2, $3, $4, $5, now())', [customerId, issuer, clientId, id, tagOf(id)]);
  await pool.query(
    `INSERT INTO assent.grant_version (tag, grant_id, version, at, actor_kind, actor_id, event, status, scope, resources, accounts, authorization_details, expires_at, difference)
     VALUES ($1, $2, 1, '2026-03-01', 'customer', $3, 'created', 'active', $4, '{}', $5, $6, $7, $8)`,
    [tagOf(id), id, customerId, scope, accounts, JSON.stringify(details), expiresAt, JSON.stringify({ scope: { added: scope, removed: [] } })],
  );
  return id;
}

/** Somebody signed in at a site, as its sign-in leaves them. */
export class Person {
  private constructor(
    private readonly at: string,
    private readonly ca: string,
    private readonly cookie: string,
    readonly csrf: string,
  ) {}

  static async signIn(database: Database, { config, ca, issuer }: TestConfiguration, site: 'dashboard' | 'staff', port: number, person: { readonly id: string; readonly roles?: readonly string[]; readonly seconds?: number }): Promise<Person> {
    const { value, handle } = mintHandle(newTag(), plusSeconds(systemClock.now(), person.seconds ?? 600));
    await database.stores.siteSessions.start({ handle, site, issuer, personId: person.id, displayName: `Name of ${person.id}`, roles: person.roles ?? [], authTime: systemClock.now() }, { type: 'test', issuer });
    const key = deriveCsrfKey(config.encryptionKey.reveal(), site);
    const csrf = createHmac('sha256', key).update(`${site}\0`).update(createHash('sha256').update(handle.hash).digest()).digest('base64url');
    return new Person(`https://localhost:${port}`, ca, `__Host-assent-${site}=${value}`, csrf);
  }

  get(path: string, headers: [string, string][] = []): Promise<Answer> {
    return send(new Message({ method: 'GET', url: `${this.at}${path}`, headers: [['accept', 'text/html'], ['cookie', this.cookie], ...headers] }), { ca: this.ca });
  }

  /** A form of the person's own page. */
  post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
    const all = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', origin: this.at, 'sec-fetch-site': 'same-origin', cookie: this.cookie, ...headers };
    return send(new Message({ method: 'POST', url: `${this.at}${path}`, headers: Object.entries(all), body: new URLSearchParams({ csrf: this.csrf, ...fields }).toString() }), { ca: this.ca });
  }
}

export const headingOf = ({ text }: Answer): string => (/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(text)?.[1] ?? '').replace(/<[^>]*>/g, '');
