import type { BackchannelSignals, Handle } from '@assent/protocol';
import { Notifications } from './notifications.js';
import { backchannelChannel } from './stores/backchannel-rows.js';

export interface BackchannelSignalOptions {
  readonly url: string;
  readonly onError?: (error: Error) => void;
}

type Listener = () => void;

/** Listeners by what they wait for. */
class Listeners {
  private readonly byKey = new Map<string, Set<Listener>>();

  add(key: string, listener: Listener): () => void {
    const listeners = this.byKey.get(key) ?? new Set();
    this.byKey.set(key, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.byKey.get(key) === listeners) this.byKey.delete(key);
    };
  }

  wake(key: string): void {
    for (const listener of this.byKey.get(key) ?? []) listener();
  }

  wakeAll(): void {
    for (const key of [...this.byKey.keys()]) this.wake(key);
  }
}

const everywhere = '';

/** One connection listens for a whole process; rejects when it cannot be made. */
export async function openBackchannelSignals({ url, onError }: BackchannelSignalOptions): Promise<BackchannelSignals> {
  const [customers, decisions, pings, gaps] = [new Listeners(), new Listeners(), new Listeners(), new Listeners()];
  const onWake = (payload?: string): void => {
    // Connected (again): anything may have happened meanwhile.
    if (payload === undefined) return [customers, pings, gaps].forEach((each) => each.wakeAll());
    const [, hash, customer = ''] = /^(?:pushed|decided ([0-9a-f]{64})) ([^]*)$/.exec(payload) ?? [];
    customers.wake(customer);
    if (hash === undefined) return;
    decisions.wake(hash);
    pings.wake(everywhere);
  };
  const notifications = await Notifications.open({ connection: { connectionString: url, application_name: 'assent-backchannel' }, channel: backchannelChannel, onWake, onError });
  return {
    onCustomer: (customerId, listener) => customers.add(customerId, listener),
    onDecision: ({ hash }: Handle, listener) => decisions.add(hash.toString('hex'), listener),
    onPing: (listener) => pings.add(everywhere, listener),
    onGap: (listener) => gaps.add(everywhere, listener),
    close: () => notifications.close(),
  };
}
