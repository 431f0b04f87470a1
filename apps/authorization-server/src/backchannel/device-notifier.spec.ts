import { createLog } from '@assent/http';
import { setImmediate as soon } from 'node:timers/promises';
import type { Engine, IssuerRuntime } from '../engine.js';
import { aClient } from '../fixtures/client.js';
import { notifyDevice, type DeviceNotice } from './device-notifier.js';

const issuer = { issuer: 'https://bank.example/fapi2', endpoints: { device: 'https://bank.example/fapi2/device' } } as unknown as IssuerRuntime;
const waiting = { issuer, client: aClient({ client_name: 'Corner\u202E Shop' }), id: 'r1', customerId: 'ana', expiresAt: new Date('2026-11-24T14:08:00Z') };
const engine = (more: Partial<Engine>) => ({ bank: { name: 'Harbour Bank', locales: ['en', 'ar'] } as unknown as Engine['bank'], log: createLog({ app: 'spec', level: 'silent' }), ...more });

describe('notifyDevice', () => {
  it('tells who asks and where to look, in the bank’s languages, and nothing to decide by or with', async () => {
    const told: DeviceNotice[] = [];
    notifyDevice(engine({ deviceNotifier: { notify: async (notice) => void told.push(notice) } }), waiting);
    await soon();
    expect(told).toEqual([
      {
        issuer: 'https://bank.example/fapi2',
        customerId: 'ana',
        clientId: 'tally-budget',
        url: 'https://bank.example/fapi2/device/requests/r1',
        expiresAt: waiting.expiresAt,
        texts: {
          en: { title: 'Harbour Bank: something waits for you', body: 'Corner Shop asks you for something. Open it to see what, before you decide.' },
          ar: { title: expect.stringContaining('Harbour Bank') as string, body: expect.stringContaining('Corner Shop') as string },
        },
      },
    ]);
  });

  it.each([
    ['fails', async () => Promise.reject(new Error('no push service'))],
    ['throws', () => { throw new Error('no push service'); }],
  ])('goes on when the notifier %s', async (_, notify) => {
    notifyDevice(engine({ deviceNotifier: { notify } }), waiting);
    await soon();
  });

  it('tells the log where there is none', () => notifyDevice(engine({}), waiting));
});
