import { isolate, offeredLocales, textsOf, withoutIsolates, type Locale } from '@assent/pages';
import type { Client } from '@assent/protocol';
import type { Logger } from 'pino';
import type { Engine, IssuerRuntime } from '../engine.js';

/**
 * What a customer's device is told when a request begins to wait: who asks, and where to look. It holds nothing to
 * decide by (no amount, no account, no binding message) and nothing to decide with: whoever opens the page signs in.
 */
export interface DeviceNotice {
  readonly issuer: string;
  readonly customerId: string;
  readonly clientId: string;
  /** The page of the request. */
  readonly url: string;
  /** A notice that is later than this is worth nothing. */
  readonly expiresAt: Date;
  /** In each of the bank's languages. */
  readonly texts: Readonly<Partial<Record<Locale, { readonly title: string; readonly body: string }>>>;
}

/**
 * How a customer's device is told: the port for Web Push, a bank's own app or a text message. It is called once for a
 * request that was kept, after the client was answered; what it throws is logged and changes nothing, since the request
 * waits on the customer's page all the same. A notice must not be answered by one press.
 */
export interface DeviceNotifier {
  notify(notice: DeviceNotice): Promise<void>;
}

/** The one that is shipped: says in the log (debug) that there was something to tell, and to whom is not said. */
export const logOnly = (log: Logger): DeviceNotifier => ({
  notify: ({ issuer, clientId, expiresAt }) => {
    log.debug({ issuer, clientId, expiresAt }, 'a request waits for its customer');
    return Promise.resolve();
  },
});

interface Waiting {
  readonly issuer: IssuerRuntime;
  readonly client: Client;
  readonly id: string;
  readonly customerId: string;
  readonly expiresAt: Date;
}

/** Tells the device and does not wait for it. */
export function notifyDevice({ deviceNotifier, bank, log }: Pick<Engine, 'deviceNotifier' | 'bank' | 'log'>, { issuer, client, id, customerId, expiresAt }: Waiting): void {
  const texts = Object.fromEntries(
    offeredLocales(bank.locales).map((locale) => {
      const { notice } = textsOf(locale).device;
      return [locale, { title: withoutIsolates(notice.title(isolate(bank.name))), body: withoutIsolates(notice.body(isolate(client.client_name))) }];
    }),
  );
  const notice: DeviceNotice = { issuer: issuer.issuer, customerId, clientId: client.client_id, url: `${issuer.endpoints.device}/requests/${id}`, expiresAt, texts };
  const tell = async () => (deviceNotifier ?? logOnly(log)).notify(notice);
  tell().catch((err: unknown) => log.warn({ err, clientId: client.client_id }, 'the customer’s device was not told of a request'));
}
