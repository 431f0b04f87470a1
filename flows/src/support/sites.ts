import { startGrantManagement, type GrantManagement } from '@assent/grant-management';
import { freePorts, type WantedClient } from '@assent/testing/fapi';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LogBook } from './log-book.js';
import { startStack, type Stack, type StackOptions } from './stack.js';

export interface Sites {
  readonly stack: Stack;
  readonly app: GrantManagement;
  readonly dashboard: string;
  readonly console: string;
  readonly staffIssuer: string;
  readonly log: LogBook;
  stop(): Promise<void>;
}

/** One of each role, and a second supervisor. */
export const staff = {
  vera: { id: 'staff-vera', login: 'vera', password: 'harbour-vera-2026', displayName: 'Vera Lind', roles: ['viewer'] },
  noor: { id: 'staff-noor', login: 'noor', password: 'harbour-noor-2026', displayName: 'Noor Haddad', roles: ['agent'] },
  sam: { id: 'staff-sam', login: 'sam', password: 'harbour-sam-2026', displayName: 'Sam Whitlock', roles: ['supervisor'] },
  lou: { id: 'staff-lou', login: 'lou', password: 'harbour-lou-2026', displayName: 'Lou Perrin', roles: [] },
} as const;

const ownClient = (id: string, at: string, url: string, scope = 'openid'): WantedClient => ({
  id,
  at,
  auth: 'private_key_jwt',
  constraint: 'dpop',
  metadata: { first_party: true, scope, grant_types: ['authorization_code'], redirect_uris: [`${url}/sign-in/callback`] },
});

/** Authorization server, accounts API, dashboard and console, with a client each for the two sites; and further issuers and sections. */
export async function startSites(clients: readonly WantedClient[], more: { readonly otherIssuers?: NonNullable<StackOptions['otherIssuers']>; readonly sections?: Readonly<Record<string, unknown>> } = {}): Promise<Sites> {
  const [api, dashboardPort, staffPort, healthPort] = await freePorts(4);
  const [dashboard, console] = [`https://localhost:${dashboardPort}`, `https://localhost:${staffPort}`];
  const stack = await startStack({
    clients: [...clients, ownClient('own-dashboard', 'fapi2', dashboard), ownClient('own-console', 'staff', console)],
    otherIssuers: [{ name: 'staff', signsIn: 'staff' }, ...(more.otherIssuers ?? [])],
    sections: ({ as }) => ({
      ...more.sections,
      bank: { name: 'Harbour Bank' },
      staff: Object.values(staff),
      grantManagement: {
        publicUrl: `https://localhost:${api}`,
        healthPort,
        dashboard: { publicUrl: dashboard, issuer: 'fapi2', clientId: 'own-dashboard' },
        staff: { publicUrl: console, issuerUrl: `https://localhost:${as}/staff`, clientId: 'own-console' },
      },
    }),
  });
  try {
    const folder = join(stack.config.dataFolder, 'pki', 'clients');
    await mkdir(folder, { recursive: true });
    await Promise.all(['own-dashboard', 'own-console'].map((id) => writeFile(join(folder, `${id}.jwks.json`), JSON.stringify({ keys: [stack.client(id).privateJwk] }))));
    const log = new LogBook('grant-management');
    const app = await startGrantManagement(stack.config, { log: log.log });
    return { stack, app, dashboard, console, staffIssuer: `https://localhost:${stack.ports.as}/staff`, log, stop: () => app.close().finally(() => stack.stop()) };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
