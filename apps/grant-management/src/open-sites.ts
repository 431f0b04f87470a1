import type { DetailTypes } from '@assent/authorization-details';
import type { AssentConfig } from '@assent/config';
import type { Log, RunningApp } from '@assent/http';
import type { ClientRegistry, Stores } from '@assent/persistence';
import type { Clock } from '@assent/protocol';
import { registerDashboard } from './dashboard/routes.js';
import { admitCustomer } from './sites/admit-customer.js';
import { admitStaff } from './sites/admit-staff.js';
import { startSite } from './sites/site.js';
import { registerConsole } from './staff/routes.js';

export interface SiteSurroundings {
  readonly stores: Stores;
  readonly details: DetailTypes;
  readonly registry: ClientRegistry;
  readonly clock: Clock;
  readonly log: Log;
}

/** The customer's dashboard: "Connected apps". */
export function startDashboard(config: AssentConfig, { stores, details, registry, clock, log }: SiteSurroundings): Promise<RunningApp> {
  const { grants, grantDirectory: directory, customers, consents, siteSessions: sessions } = stores;
  return startSite('dashboard', config, { sessions, clock, log }, {
    admit: admitCustomer(config.grantManagement.dashboard.client?.clientId, stores, clock),
    links: (t) => [{ to: '/', label: t.dashboard.title }],
    register: (pages) => registerDashboard(pages, { grants, directory, customers, consents, details, registry }),
  }); // prettier-ignore
}

/** The console of the bank's staff. */
export function startStaffConsole(config: AssentConfig, { stores, details, registry, clock, log }: SiteSurroundings): Promise<RunningApp> {
  return startSite('staff', config, { sessions: stores.siteSessions, clock, log }, {
    admit: admitStaff(config.grantManagement.staff),
    links: (t) => [{ to: '/', label: t.staff.search }, { to: '/approvals', label: t.staff.approvals }],
    register: (pages) => registerConsole(pages, { stores, details, config, registry, clock, log }),
  }); // prettier-ignore
}
