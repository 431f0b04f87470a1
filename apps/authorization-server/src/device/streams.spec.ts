import { DeviceStreams } from './streams.js';

/** Signals that this test gives itself. */
function fakeSignals() {
  const listeners = new Map<string, Set<() => void>>();
  return {
    listeners,
    onCustomer: (customerId: string, listener: () => void) => {
      listeners.set(customerId, (listeners.get(customerId) ?? new Set()).add(listener));
      return () => void listeners.get(customerId)?.delete(listener);
    },
    wake: (customerId: string) => listeners.get(customerId)?.forEach((listener) => listener()),
  };
}

describe('DeviceStreams', () => {
  let signals: ReturnType<typeof fakeSignals>;
  let streams: DeviceStreams;
  beforeEach(() => {
    signals = fakeSignals();
    streams = new DeviceStreams(signals);
  });
  afterEach(() => streams.close());

  const said = (stream: { read(): unknown }) => String(stream.read() ?? '');

  it('says at first, and when something changed, that there is something to look at', () => {
    const stream = streams.open('s', 'ana')!;
    expect(said(stream)).toBe('retry: 2000\nevent: changed\ndata:\n\n');
    signals.wake('ben');
    expect(said(stream)).toBe('');
    signals.wake('ana');
    expect(said(stream)).toBe('event: changed\ndata:\n\n');
  });

  it('has three for a session, and another when one is closed', async () => {
    const all = [1, 2, 3].map(() => streams.open('s', 'ana')!);
    expect(streams.open('s', 'ana')).toBeUndefined();
    expect(streams.open('t', 'ana')).toBeDefined();
    await new Promise((resolve) => all[0]!.once('close', resolve).destroy());
    expect(streams.size).toBe(3);
    expect(streams.open('s', 'ana')).toBeDefined();
  });

  it('beats, and ends after a while, so that the session is looked at again', () => {
    const stream = streams.open('s', 'ana')!;
    said(stream);
    streams.beat();
    expect(said(stream)).toBe(': \n\n');
    for (let beats = 1; beats < 15; beats++) streams.beat();
    expect([streams.size, signals.listeners.get('ana')?.size]).toEqual([0, 0]);
    expect(streams.open('s', 'ana')).toBeDefined();
  });

  it('lets go of a reader who does not read', () => {
    const stream = streams.open('s', 'ana')!;
    stream.on('error', () => undefined);
    for (let wakes = 0; wakes < 5000; wakes++) signals.wake('ana');
    expect(stream.destroyed).toBe(true);
  });

  it('ends all of them when the process goes', async () => {
    const all = [streams.open('s', 'ana')!, streams.open('t', 'ben')!];
    streams.close();
    await Promise.all(all.map((stream) => new Promise((resolve) => stream.once('end', resolve).resume())));
    expect(streams.size).toBe(0);
  });
});
