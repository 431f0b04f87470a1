import { startGrantManagement } from '@assent/grant-management';
import { freePorts, type WantedClient } from '@assent/testing/fapi';
import type { Target } from '@assent/threat-model/attack';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { backchannelClient } from '../support/backchannel.js';
import { startStack, type Stack } from '../support/stack.js';
import { targetOf } from '../support/threat-target.js';

/** Everything the attacks reach: three issuers, the bank's API and its payments, the dashboard, and a console whose issuer is the rogue. */
export interface World {
  readonly stack: Stack;
  readonly target: (field: FieldName) => Target;
  /** With a `namesake` only. */
  readonly staffTarget: () => Target;
  stop(): Promise<void>;
}

/** The issuers that are attacked; each probe is shown to succeed at the first that stops it. */
export const fields = {
  fapi2: 'an issuer under FAPI 2.0 with payments and a site of its own',
  signing: 'one under FAPI 2.0 Message Signing whose clients sign everything and whose evidence is kept',
  ciba: 'one for requests by the back channel',
} as const;
export type FieldName = keyof typeof fields;
export const fieldNames = Object.keys(fields) as FieldName[];

const scope = 'openid profile offline_access accounts balances transactions';
const signs = { evidence: 'on', http_message_signatures: 'required', scope };

const colleague = { id: 'staff-vera', login: 'vera', password: 'harbour-vera-2026', displayName: 'Vera Lind', roles: ['viewer'] };
const ofStaff = { scope: 'openid', grant_types: ['authorization_code'] };

/** `namesake`: an issuer for staff has a client that is called like one of them; no configuration with that is good. */
export async function openWorld({ namesake = false } = {}): Promise<World> {
  const [api = 0, dashboardPort, staffPort, healthPort = 0, roguePort = 0] = await freePorts(5);
  const [dashboard, console] = [`https://localhost:${dashboardPort}`, `https://localhost:${staffPort}`];
  const clients: readonly WantedClient[] = [
    { id: 'jwt-dpop', at: 'fapi2', auth: 'private_key_jwt', constraint: 'dpop', metadata: { scope, authorization_details_types: ['payment_initiation'] } },
    { id: 'other', at: 'fapi2', auth: 'private_key_jwt', constraint: 'dpop' },
    { id: 'own-dashboard', at: 'fapi2', auth: 'private_key_jwt', constraint: 'dpop', metadata: { first_party: true, scope: 'openid', grant_types: ['authorization_code'], redirect_uris: [`${dashboard}/sign-in/callback`] } },
    { id: 'signs', at: 'signing', auth: 'private_key_jwt', constraint: 'dpop', metadata: signs },
    { id: 'signs-too', at: 'signing', auth: 'private_key_jwt', constraint: 'dpop', metadata: signs },
    { id: 'asks', at: 'ciba', auth: 'private_key_jwt', constraint: 'dpop', metadata: { ...backchannelClient('poll'), scope } },
    { id: 'asks-too', at: 'ciba', auth: 'private_key_jwt', constraint: 'mtls', metadata: { ...backchannelClient('ping', 'https://localhost:9/notified'), scope } },
    ...(namesake ? (['at-staff', colleague.id].map((id) => ({ id, at: 'staff', auth: 'private_key_jwt', constraint: 'dpop', metadata: ofStaff })) satisfies readonly WantedClient[]) : []),
    { id: 'console-at-rogue', at: 'nowhere', auth: 'private_key_jwt', constraint: 'dpop' },
  ];
  const stack = await startStack({
    clients,
    otherIssuers: [
      { name: 'signing', profile: 'fapi2-message-signing' },
      { name: 'ciba', profile: 'fapi2-ciba' },
      ...(namesake ? [{ name: 'staff', signsIn: 'staff' }] : []),
    ],
    authorizationServer: { loginThrottle: { attempts: 5 } },
    api: { introspection_signed_response_alg: 'ES256' },
    sections: {
      staff: [colleague],
      grantManagement: {
        publicUrl: `https://localhost:${api}`,
        healthPort,
        dashboard: { publicUrl: dashboard, issuer: 'fapi2', clientId: 'own-dashboard' },
        staff: { publicUrl: console, issuerUrl: `https://localhost:${roguePort}`, clientId: 'console-at-rogue', roleClaim: 'groups', scope: 'openid groups' },
      },
    },
  });
  try {
    const folder = join(stack.config.dataFolder, 'pki', 'clients');
    await mkdir(folder, { recursive: true });
    await Promise.all(['own-dashboard', 'console-at-rogue'].map((id) => writeFile(join(folder, `${id}.jwks.json`), JSON.stringify({ keys: [stack.client(id).privateJwk] }))));
    const app = await startGrantManagement(stack.config);
    const { cert, key } = await stack.serverAuthority.issue({ subject: 'CN=localhost', names: [{ type: 'dns', value: 'localhost' }] });
    const pair: Readonly<Record<FieldName, readonly [string, string]>> = { fapi2: ['jwt-dpop', 'other'], signing: ['signs', 'signs-too'], ciba: ['asks', 'asks-too'] };
    const site = { signIn: '/sign-in?next={next}', callback: '/sign-in/callback', signOut: 'sign-out' };
    const target = (field: FieldName): Target => ({
      ...targetOf(stack, { clients: pair[field], at: field, signed: field === 'signing', pays: field === 'fapi2' }),
      ...(field === 'fapi2' ? { sites: [{ url: dashboard, ...site }, { url: console, ...site, asksRogue: true }], rogue: { port: roguePort, identity: { cert, key }, clientId: 'console-at-rogue', claims: { groups: 'viewer', name: 'Somebody' } } } : {}),
    });
    const staffTarget = (): Target => {
      const { issuer, authorities, clients: both } = targetOf(stack, { clients: ['at-staff', colleague.id], at: 'staff' });
      const [honest, other] = both;
      return { issuer, authorities, clients: [{ ...honest, scope: 'openid' }, { ...other, scope: 'openid' }], login: [{ button: 'login-submit', fields: { login: colleague.login, password: colleague.password } }, { button: 'consent-allow' }] };
    };
    return { stack, target, staffTarget, stop: () => app.close().finally(() => stack.stop()) };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}
