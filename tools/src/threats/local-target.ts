import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssentConfig, IssuerConfig } from '@assent/config';
import { cibaGrantType, httpSignaturesOf, keepsEvidence, mustSignRequests, mustSignResponses } from '@assent/profiles';
import type { Client } from '@assent/protocol';
import type { Target, TargetClient, TargetPayment } from '@assent/threat-model/attack';
import { certificateFile, keyFile } from '../pki/files.js';
import { keptEvidence } from './kept-evidence.js';

interface Played {
  readonly client: Client;
  readonly target: TargetClient;
}

/** An issuer of a local stack as a target: its own clients’ keys and a customer’s password are at hand there. */
export async function localTarget(config: AssentConfig, issuer: IssuerConfig): Promise<Target> {
  const { clients, policy, rules, signsIn } = issuer;
  const people = signsIn === 'staff' ? config.staff : config.customers;
  const person = people.find(({ password }) => password !== undefined);
  if (!person?.password) throw new Error(`${issuer.issuer} has nobody to sign in as whose password stands in the configuration: describe it in a file`);
  const played = (await Promise.all(clients.map((client) => playable(config, client)))).flatMap((one) => (one ? [one] : []));
  const honest = honestOf(played);
  const thief = thiefOf(played, honest);
  if (!honest || !thief) throw new Error(`${issuer.issuer} has no clients whose keys lie in ${config.dataFolder}: ${issuer.registration ? 'third parties register there: register two, and describe the target in a file' : 'start the stack once, or describe the target in a file'}`);
  const asked = ({ client, target }: Played): TargetClient => {
    const backchannel = target.flow === 'backchannel';
    const signs = backchannel ? client.backchannel_authentication_request_signing_alg !== undefined : mustSignRequests(honest.client, policy);
    return {
      ...target,
      scope: honest.client.scope.filter((name) => ['openid', 'accounts', 'balances'].includes(name)).join(' '),
      ...(signs ? { signsRequests: true } : {}),
      ...(mustSignResponses(honest.client, policy) ? { responseMode: 'jwt' } : {}),
      ...(httpSignaturesOf(client, policy) === 'required' ? { signsMessages: true } : {}),
    };
  };
  const pays = signsIn === 'customers' && honest.client.authorization_details_types?.includes('payment_initiation') === true;
  const asker = played.find(({ client }) => client.introspection !== undefined);
  const device = `${issuer.issuer}/device`;
  const sites = Object.values({ dashboard: config.grantManagement.dashboard, staff: config.grantManagement.staff }).filter(({ client }) => client?.issuer === issuer.issuer);
  return {
    issuer: issuer.issuer,
    authorities: await Promise.all(config.tls.serverAuthorityFiles.map((file) => readFile(file, 'utf8'))),
    ...(signsIn === 'staff' ? {} : { resource: `${config.resourceServer.publicUrl}/accounts` }),
    clients: [asked(honest), asked(thief)],
    ...(pays ? { payment: smallPayment(config.resourceServer.publicUrl) } : {}),
    ...(asker ? { asker: asker.target } : {}),
    ...(keepsEvidence(honest.client, policy) ? { evidence: keptEvidence(config) } : {}),
    sites: sites.map(({ publicUrl }) => ({ url: publicUrl, signIn: '/sign-in?next={next}', callback: '/sign-in/callback', signOut: 'sign-out' })),
    login: [
      { button: 'login-submit', fields: { login: person.login, password: person.password.reveal() } },
      { button: 'consent-allow', choose: 'account' },
    ],
    ...(honest.target.flow === 'backchannel' ? { device: { loginHint: person.login, url: device, link: '/device/requests/', mostPending: issuer.ciba.pendingPerCustomer + 1 } } : {}),
    // As the audit has it: older profiles must take endpoints as audience; a profile that loosens FAPI 2.0 is not excused.
    permits: policy.assertionAudience === 'issuer-or-endpoint' && rules.loosenings.assertionAudience === undefined ? ['TM-CA-02'] : [],
    mostPasswords: config.authorizationServer.loginThrottle.attempts + 3,
  };
}

/** A penny, for real. */
function smallPayment(resource: string): TargetPayment {
  const order = { instructedAmount: { currency: 'GBP', amount: '0.01' }, creditorName: 'Corner Cafe', creditorAccount: { iban: 'GB76HBNK40010100213377' }, remittanceInformationUnstructured: '{reference}' };
  return { details: [{ type: 'payment_initiation', ...order }], url: `${resource}/payments`, body: order, seenAt: `${resource}/balances` };
}

const isThirdParty = ({ client }: Played): boolean => client.first_party !== true && (client.grant_types.includes('authorization_code') || client.grant_types.includes(cibaGrantType));

const honestOf = (played: readonly Played[]): Played | undefined => played.find((one) => isThirdParty(one) && one.target.key) ?? played.find(isThirdParty) ?? played.find(({ client }) => client.grant_types.includes('authorization_code'));

/** Another third party, where there is one; somebody else with a key otherwise. */
function thiefOf(played: readonly Played[], honest: Played | undefined): Played | undefined {
  const others = played.filter((one) => one !== honest);
  return others.find((one) => isThirdParty(one) && one.target.key) ?? others.find(isThirdParty) ?? others.find(({ target }) => target.key) ?? honest;
}

/** A client the suite can play: its private keys lie in the data folder. */
async function playable({ dataFolder }: AssentConfig, client: Client): Promise<Played | undefined> {
  const stem = join(dataFolder, 'pki', 'clients', client.client_id);
  const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
  const [jwks, cert, certKey] = await Promise.all([read(`${stem}.jwks.json`), read(certificateFile(stem)), read(keyFile(stem))]);
  const keys = jwks === undefined ? [] : (JSON.parse(jwks) as { readonly keys: readonly Record<string, unknown>[] }).keys;
  const alg = client.token_endpoint_auth_signing_alg ?? 'ES256';
  const jwk = keys.find((one) => one['alg'] === alg);
  const requestKey = keys.find((one) => one['alg'] === client.backchannel_authentication_request_signing_alg);
  const asserts = client.token_endpoint_auth_method === 'private_key_jwt';
  const constraint = client.dpop_bound_access_tokens ? 'dpop' : client.tls_client_certificate_bound_access_tokens ? 'mtls' : 'none';
  const identity = cert !== undefined && certKey !== undefined && (!asserts || constraint === 'mtls') ? { cert, key: certKey } : undefined;
  if (asserts ? !jwk : !identity) return undefined;
  const backchannel = client.grant_types.includes(cibaGrantType) && !client.grant_types.includes('authorization_code');
  return {
    client,
    target: {
      clientId: client.client_id,
      redirectUri: client.redirect_uris[0] ?? 'https://nowhere.example/callback',
      scope: '',
      constraint,
      ...(backchannel ? { flow: 'backchannel' } : {}),
      ...(client.backchannel_token_delivery_mode === 'ping' ? { notified: true } : {}),
      ...(asserts && jwk ? { key: jwk, alg } : {}),
      ...(requestKey ? { requestKey } : {}),
      ...(identity ? { identity } : {}),
      ...(client.introspection ? { asksAboutTokens: true } : {}),
    },
  };
}
