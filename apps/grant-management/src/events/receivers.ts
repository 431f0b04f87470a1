import type { AssentConfig } from '@assent/config';
import type { Client, EventReceiver, GrantEvents } from '@assent/protocol';

export interface Registered {
  readonly receiver: EventReceiver;
  readonly client: Client;
  readonly events: GrantEvents;
}

/** The clients that registered for events, in memory. */
export class Receivers {
  readonly #known: ReadonlyMap<string, Registered>;

  constructor(issuers: AssentConfig['issuers']) {
    const all = issuers.flatMap(({ issuer, clients }) =>
      clients.flatMap((client): Registered[] => (client.grant_events ? [{ receiver: { issuer, clientId: client.client_id }, client, events: client.grant_events }] : [])),
    );
    this.#known = new Map(all.map((one) => [keyOf(one.receiver), one]));
  }

  find(receiver: EventReceiver): Registered | undefined {
    return this.#known.get(keyOf(receiver));
  }

  all(): readonly EventReceiver[] {
    return [...this.#known.values()].map(({ receiver }) => receiver);
  }
}

export const keyOf = ({ issuer, clientId }: EventReceiver): string => `${issuer} ${clientId}`;
