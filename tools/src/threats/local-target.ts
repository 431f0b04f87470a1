import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssentConfig, IssuerConfig } from '@assent/config';
import { mustSignRequests, mustSignResponses } from '@assent/profiles';
import type { Client } from '@assent/protocol';
import type { Target, TargetClient } from '@assent/threat-model/attack';
import { certificateFile, keyFile } from '../pki/files.js';

/** An issuer of a local stack as a target: its own clients’ keys and a customer’s password are at hand there. */
export async function localTarget(config: AssentConfig, { issuer, clients, policy, rules, signsIn }: IssuerConfig): Promise<Target> {
  const people = signsIn === 'staff' ? config.staff : config.customers;
  const person = people.find(({ password }) => password !== undefined);
  if (!person?.password) throw new Error(`${issuer} has nobody to sign in as whose password stands in the configuration: describe it in a file`);
  const played = (await Promise.all(clients.map((client) => playable(config, client)))).flatMap((one) => (one ? [one] : []));
  const honest = played.find(({ client }) => client.grant_types.includes('authorization_code') && client.first_party !== true) ?? played.find(({ client }) => client.grant_types.includes('authorization_code'));
  const thief = played.find((one) => one !== honest && one.client.grant_types.includes('authorization_code') && one.target.key) ?? played.find((one) => one !== honest && one.target.key) ?? honest;
  if (!honest || !thief) throw new Error(`${issuer} has no clients whose keys lie in ${config.dataFolder}: start the stack once, or describe the target in a file`);
  const asked = (one: TargetClient): TargetClient => ({
    ...one,
    scope: honest.client.scope.filter((name) => ['openid', 'accounts', 'balances'].includes(name)).join(' '),
    ...(mustSignRequests(honest.client, policy) ? { signsRequests: true } : {}),
    ...(mustSignResponses(honest.client, policy) ? { responseMode: 'jwt' } : {}),
  });
  const authorities = await Promise.all(config.tls.serverAuthorityFiles.map((file) => readFile(file, 'utf8')));
  return {
    issuer,
    authorities,
    ...(signsIn === 'staff' ? {} : { resource: `${config.resourceServer.publicUrl}/accounts` }),
    clients: [asked(honest.target), asked(thief.target)],
    login: [
      { button: 'login-submit', fields: { login: person.login, password: person.password.reveal() } },
      { button: 'consent-allow', choose: 'account' },
    ],
    // As the audit has it: older profiles must take endpoints as audience; a profile that loosens FAPI 2.0 is not excused.
    permits: policy.assertionAudience === 'issuer-or-endpoint' && rules.loosenings.assertionAudience === undefined ? ['TM-CA-02'] : [],
    mostPasswords: config.authorizationServer.loginThrottle.attempts + 3,
  };
}

/** A client the suite can play: its private keys lie in the data folder. */
async function playable({ dataFolder }: AssentConfig, client: Client): Promise<{ readonly client: Client; readonly target: TargetClient } | undefined> {
  const stem = join(dataFolder, 'pki', 'clients', client.client_id);
  const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(() => undefined);
  const [jwks, cert, key] = await Promise.all([read(`${stem}.jwks.json`), read(certificateFile(stem)), read(keyFile(stem))]);
  const alg = client.token_endpoint_auth_signing_alg ?? 'ES256';
  const jwk = jwks === undefined ? undefined : (JSON.parse(jwks) as { readonly keys: readonly Record<string, unknown>[] }).keys.find((one) => one['alg'] === alg);
  const asserts = client.token_endpoint_auth_method === 'private_key_jwt';
  const constraint = client.dpop_bound_access_tokens ? 'dpop' : client.tls_client_certificate_bound_access_tokens ? 'mtls' : 'none';
  const identity = cert !== undefined && key !== undefined && (!asserts || constraint === 'mtls') ? { cert, key } : undefined;
  if (asserts ? !jwk : !identity) return undefined;
  return {
    client,
    target: { clientId: client.client_id, redirectUri: client.redirect_uris[0] ?? 'https://nowhere.example/callback', scope: '', constraint, ...(asserts && jwk ? { key: jwk, alg } : {}), ...(identity ? { identity } : {}), ...(client.introspection ? { asksAboutTokens: true } : {}) },
  };
}
