import { randomInt, randomUUID } from 'node:crypto';
import type { AssentConfig } from '@assent/config';
import type { Journey } from '@assent/markets';
import { systemClock } from '@assent/protocol';
import { join, readAuthorities, readyJourney, type Joined, type MarketIssuer, type Player, type Tell } from '@assent/relying-party';
import type { Target, TargetClient } from '@assent/threat-model/attack';
import { directoryAccess } from '../demo/market-flow.js';

/** A target, and what is to be let go after the attacks. */
export interface OpenTarget {
  readonly target: Target;
  close(): Promise<void>;
}

const quietly: Tell = (_, run) => run();

/**
 * An issuer of a market of the local stack: two third parties join it through the directory, and each of their requests
 * is prepared as the market's own journey has it.
 */
export async function marketTarget(config: AssentConfig, issuer: MarketIssuer): Promise<OpenTarget> {
  const customer = config.customers.find(({ password }) => password !== undefined);
  const journey = (issuer.market.journeys ?? [])[0];
  if (!customer?.password || !journey) throw new Error(`${issuer.issuer}: the market has no journey, or nobody to take it`);
  const authorities = await readAuthorities(config);
  const joined = await Promise.all(['Tally', 'Thief'].map((name) => joinAs(config, issuer, name, authorities)));
  const [honest, thief] = joined as [Joined, Joined];
  const playerOf = ({ tpp }: Joined): Player => ({ tpp, issuer: issuer.issuer, base: `${config.resourceServer.publicUrl}/${issuer.name}`, customer: customer.claims, tell: quietly, now: () => systemClock.now() });
  const { facts } = await readyJourney(playerOf(honest), journey);
  const first = journey.calls.find(({ method, with: whose = 'customer-token' }) => method === 'GET' && whose === 'customer-token');
  const url = first?.url(facts);
  const resource = url === undefined ? undefined : url.startsWith('https:') ? url : `${facts.base}${url}`;
  const headers = first?.headers?.(facts) ?? {};
  const clientOf = (one: Joined): Promise<TargetClient> => asTarget(one, playerOf(one), journey, { headers, signs: issuer.policy.requestObject === 'required' });
  return {
    target: {
      issuer: issuer.issuer,
      authorities,
      ...(resource === undefined ? {} : { resource }),
      clients: [await clientOf(honest), await clientOf(thief)],
      login: [
        { button: 'login-submit', fields: { login: customer.login, password: customer.password.reveal() } },
        { button: 'consent-allow', choose: 'account' },
      ],
      permits: issuer.policy.assertionAudience === 'issuer-or-endpoint' && issuer.rules.loosenings.assertionAudience === undefined ? ['TM-CA-02'] : [],
      mostPasswords: config.authorizationServer.loginThrottle.attempts + 3,
    },
    close: async () => void (await Promise.all(joined.map((one) => one.close()))),
  };
}

async function joinAs(config: AssentConfig, { market, issuer }: MarketIssuer, name: string, authorities: readonly string[]): Promise<Joined> {
  return join({
    market,
    issuer,
    directory: await directoryAccess(config),
    organisation: { legalName: `${name} Ltd`, country: 'GB', registerNumber: `T${String(randomInt(1e9)).padStart(9, '0')}` },
    software: { name, redirectUris: [`https://${name.toLowerCase()}.example/callback`] },
    authorities,
    tell: quietly,
  });
}

async function asTarget({ tpp, secrets, registration = {} }: Joined, player: Player, journey: Journey, { headers, signs }: { readonly headers: Readonly<Record<string, string>>; readonly signs: boolean }): Promise<TargetClient> {
  const { step } = await readyJourney(player, journey);
  const key = secrets.jwks.keys.find(({ alg }) => alg === tpp.signing.alg) as Readonly<Record<string, unknown>>;
  return {
    clientId: tpp.clientId,
    redirectUri: tpp.redirectUri,
    scope: step.parameters['scope'] ?? 'openid',
    responseType: step.responseType,
    ...(step.responseMode === undefined ? {} : { responseMode: step.responseMode }),
    ...(signs ? { signsRequests: true } : {}),
    ...(tpp.authentication === 'private_key_jwt' ? { key, alg: tpp.signing.alg } : { requestKey: key }),
    identity: { cert: secrets.certificate, key: secrets.privateKey },
    constraint: registration['dpop_bound_access_tokens'] === true ? 'dpop' : 'mtls',
    prepare: async () => ({ ...(await readyJourney(player, journey)).step.parameters }),
    usual: () => [['x-fapi-interaction-id', randomUUID()] as const, ...Object.entries({ ...step.headers, ...headers }).filter(([name]) => name.toLowerCase() !== 'x-fapi-interaction-id')],
  };
}
