import { openBackchannelSignals, openDatabase, type Database } from '@assent/persistence';
import { mintHandle, mintId, newTag, plusSeconds, Secret, type AuthorizationDetail, type BackchannelRequest, type BackchannelSignals } from '@assent/protocol';
import { startDatabase } from '@assent/testing';
import { issuerUrl, Site } from '../interaction/fixtures/site.js';
import type { Answer, Web } from '../interaction/fixtures/web.js';
import type { SignIn } from '../interaction/sign-in.js';

export const device = '/fapi2/device';

export const paying: AuthorizationDetail = { type: 'payment_initiation', instructedAmount: { currency: 'EUR', amount: '84.20' }, creditorName: 'Bright Energy', creditorAccount: { iban: 'NL91ABNA0417164300' }, remittanceInformationUnstructured: 'Invoice 7' };

/** A request as its client keeps it. */
export interface Asked {
  readonly id: string;
  /** The address of its page. */
  readonly path: string;
}

/** The customer's device on the real stores, with everything that wakes it. */
export class DeviceSite {
  private constructor(
    readonly site: Site,
    readonly database: Database,
    private readonly closing: (() => Promise<unknown>)[],
  ) {}

  static async start(more: { readonly signIn?: SignIn } = {}): Promise<DeviceSite> {
    const closing: (() => Promise<unknown>)[] = [];
    const postgres = await startDatabase();
    closing.push(() => postgres.stop());
    const made: { site?: Site } = {};
    const clock = { now: () => made.site?.now ?? new Date() };
    const database = await openDatabase({ url: postgres.url, poolSize: 8, encryptionKey: new Secret(Buffer.alloc(32)), clock });
    closing.push(() => database.close());
    const signals: BackchannelSignals = await openBackchannelSignals({ url: postgres.url });
    closing.push(() => signals.close());
    const site = await Site.start({ stores: database.stores, pool: database.pool, backchannelSignals: signals, ...more });
    made.site = site;
    closing.push(() => site.close());
    site.now = (await database.pool.query<{ now: Date }>('SELECT now() AS now')).rows[0]!.now;
    const opened = new DeviceSite(site, database, closing);
    await opened.populate();
    return opened;
  }

  private async populate(): Promise<void> {
    const { site, database } = this;
    for (const { id, login, passwordHash, displayName } of site.stores.customers.values()) {
      await database.pool.query('INSERT INTO bank.customer (id, login, password_hash, display_name, claims) VALUES ($1, $2, $3, $4, $5)', [id, login, passwordHash, displayName, '{}']);
      for (const [position, { balance, unavailable, ...account }] of (site.stores.accounts.get(id) ?? []).entries()) {
        await database.pool.query(
          `INSERT INTO bank.account (id, customer_id, position, name, type, iban, currency, opening_balance, opened_on, balance, balance_at, unavailable)
           VALUES ($1, $2, $3, $4, 'current', $5, $6, $7, now(), $7, now(), $8)`,
          [account.id, id, position, account.name, `GB00HARB${id}${account.maskedNumber}`, balance.currency, balance.amount, unavailable ?? null],
        );
      }
    }
  }

  /** What the back channel keeps. */
  async ask(over: Partial<BackchannelRequest> = {}, seconds = 300): Promise<Asked> {
    const tag = newTag();
    const { handle } = mintHandle(tag, plusSeconds(this.site.now, seconds));
    const id = mintId(tag);
    const request: BackchannelRequest = { issuer: issuerUrl, clientId: 'tally', customerId: 'ana', scope: ['openid', 'accounts'], resources: ['https://bank.example/api'], acrValues: [], authorizationDetails: [], delivery: 'poll', bindingMessage: 'W4SC', requestedAt: this.site.now, ...over };
    const limits = { perCustomer: 1000, perClient: 1000, refusals: 1000, windowSeconds: 1 };
    const kept = await this.database.stores.backchannelRequests.push({ handle, id, request, interval: 5, limits, replay: [], audit: { type: 'backchannel.requested', issuer: issuerUrl, clientId: request.clientId } });
    if (kept.outcome !== 'pushed') throw new Error(JSON.stringify(kept));
    return { id, path: `${device}/requests/${id}` };
  }

  askToPay = (over: Partial<BackchannelRequest> = {}, seconds?: number): Promise<Asked> => this.ask({ scope: ['openid'], authorizationDetails: [paying], ...over }, seconds);

  stateOf = async ({ id }: Asked, customerId = 'ana') => (await this.database.stores.backchannelRequests.open(id, customerId))?.state;

  async audit(type: string): Promise<{ detail: Record<string, unknown> | null; client_id: string | null }[]> {
    return (await this.database.pool.query<{ detail: Record<string, unknown> | null; client_id: string | null }>('SELECT detail, client_id FROM assent.audit_event WHERE type = $1 ORDER BY at, id', [type])).rows;
  }

  /** A browser in which somebody has signed in on the list. */
  async signedIn(login = 'ana'): Promise<Web> {
    const web = this.site.browser();
    await signIn(web, await web.get(device), login);
    return web;
  }

  async close(): Promise<void> {
    for (const one of this.closing.reverse()) await one();
  }
}

export const signIn = (web: Web, page: Answer, login = 'ana', password = `${login}-2026`): Promise<Answer> => web.press(page, 'login-submit', { login, password });
