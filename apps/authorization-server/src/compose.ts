import { loadDetailTypes, type DetailTypes } from '@assent/authorization-details';
import { detailsInMarkets, type AssentConfig, type IssuerConfig } from '@assent/config';
import { ClientKeys, DpopNonces, type FetchJson } from '@assent/crypto';
import { createAddressCheck, createFetchJson, createFetchText, createPost, StartupError, type ReadyCheck } from '@assent/http';
import { checkpointKey, ClientRegistry, databaseReady, openConfiguredDatabase, openConfiguredSignals, startHousekeeping, type Database } from '@assent/persistence';
import type { BackchannelSignals, Clock } from '@assent/protocol';
import type { Logger } from 'pino';
import { RequestObjects, requestObjectTypes } from './authorize/request-objects.js';
import { LongPolls } from './backchannel/long-polls.js';
import { Pings } from './backchannel/pings.js';
import type { Endpoints, Engine, IssuerRuntime } from './engine.js';
import type { DeviceNotifier } from './backchannel/device-notifier.js';
import type { SignIn } from './interaction/sign-in.js';
import { KeyRings } from '@assent/signing-keys';
import { DirectoryFollower } from './register/follow.js';
import { createSubjects } from './subject/subjects.js';

/** What may stand in the place of the real thing: a bank's own sign-in and notifications, and what tests need. */
export interface Replacements {
  readonly clock: Clock;
  readonly log: Logger;
  readonly fetchJson?: FetchJson;
  readonly signIn?: SignIn;
  readonly deviceNotifier?: DeviceNotifier;
}

/** A composed engine, what its readiness asks, and how it ends. */
export interface Composition {
  readonly engine: Engine;
  readonly database: Database;
  readonly keys: KeyRings;
  readonly ready: readonly ReadyCheck[];
  close(): Promise<void>;
}

/** Opens everything the authorization server stands on. `DatabaseError` or `StartupError` when it cannot. */
export async function compose(config: AssentConfig, { clock, log, fetchJson, signIn, deviceNotifier }: Replacements): Promise<Composition> {
  const details = await openDetailTypes(config);
  const database = await openConfiguredDatabase(config, { applicationName: 'assent-authorization-server', clock, log });
  const fetch = fetchJson ?? createFetchJson(config.outbound, config.tls.serverAuthorityFiles);
  const fetchText = createFetchText(config.outbound, config.tls.serverAuthorityFiles, requestObjectTypes);
  const fetchRecord = createFetchText(config.outbound, config.tls.serverAuthorityFiles, ['application/jwt']);
  try {
    const housekeeping = await startHousekeeping(database.pool, clock, { checkpoints: checkpointKey(config.encryptionKey), onError: (err) => log.error({ err }, 'housekeeping failed; it runs again within a minute') });
    const signals = config.issuers.some(({ policy }) => policy.ciba === 'on') ? await openConfiguredSignals(config, { log }) : undefined;
    const longPolls = signals && new LongPolls(signals, database.stores.backchannelRequests, (err) => log.warn({ err }, 'polls that wait could not be looked up; they are answered when their time is over'));
    const keys = await KeyRings.open({ store: database.stores.signingKeys, issuers: config.issuers, rotation: config.authorizationServer.keyRotation, clock, log });
    const registry = await ClientRegistry.open({ issuers: config.issuers, store: database.stores.registeredClients, log });
    const engine: Engine = {
      config,
      bank: config.bank,
      stores: database.stores,
      clock,
      issuers: new Map(config.issuers.map((issuer) => [issuer.name, issuerRuntime(issuer, keys, registry, config)])),
      registry,
      clientKeys: new ClientKeys({ fetchJson: fetch, clock }),
      fetchJson: fetch,
      fetchRecord,
      addressCheck: createAddressCheck(config.outbound),
      requestObjects: new RequestObjects(fetchText),
      // Proofs for the authorization server and for resource servers never share nonces (F2-DP-13).
      dpopNonces: new DpopNonces(config.encryptionKey.reveal(), { context: 'authorization-server' }),
      details,
      ...(signals ? { backchannelSignals: signals } : {}),
      ...(longPolls ? { longPolls } : {}),
      ...(signIn ? { signIn } : {}),
      ...(deviceNotifier ? { deviceNotifier } : {}),
      pool: database.pool,
      log,
    };
    const pings = signals && startPings(engine, signals);
    const follower = DirectoryFollower.start(engine);
    const close = async () => {
      await housekeeping.stop();
      longPolls?.close();
      await pings?.close();
      await signals?.close();
      await follower.close();
      await registry.close();
      await keys.close();
      if ('close' in fetch) await (fetch as { close(): Promise<void> }).close();
      await fetchText.close();
      await fetchRecord.close();
      await database.close();
    };
    return { engine, database, keys, ready: readyChecks(database, keys), close };
  } catch (error) {
    await fetchText.close();
    await fetchRecord.close();
    await database.close();
    throw error;
  }
}

/** The types the configuration speaks of must exist. */
async function openDetailTypes({ detailTypes: files, issuers, resources }: AssentConfig): Promise<DetailTypes> {
  const types = await loadDetailTypes(files, detailsInMarkets(issuers)).catch((cause: unknown) => {
    throw new StartupError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const unknown = [...issuers, ...resources].flatMap(({ authorizationDetailsTypes: named }) => named).find((name) => !types.has(name));
  if (unknown !== undefined) throw new StartupError(`authorizationDetailsTypes names "${unknown}", which is none of ${types.names.join(', ')}: name its module in detailTypes`);
  return types;
}

function readyChecks(database: Database, keys: KeyRings): readonly ReadyCheck[] {
  return [
    databaseReady(database),
    {
      name: 'signing-keys',
      check: async () => {
        if (!keys.ready()) throw new Error('an issuer has no current signing key');
      },
    },
  ];
}

function issuerRuntime(config: IssuerConfig, keys: KeyRings, registry: ClientRegistry, { encryptionKey }: AssentConfig): IssuerRuntime {
  return {
    config,
    issuer: config.issuer,
    path: `/${config.name}`,
    routes: endpointsUnder(`/${config.name}`, config),
    policy: config.policy,
    profile: config.rules,
    clients: registry.of(config.issuer),
    keys: keys.of(config.issuer),
    // The console must name staff in its audit as the bank does.
    subjects: config.signsIn === 'staff' ? { of: (_client, staffId) => staffId } : createSubjects(encryptionKey.reveal(), config.issuer),
    endpoints: endpointsUnder(config.issuer, config),
    mtlsEndpoints: config.mtlsBase === undefined ? undefined : endpointsUnder(config.mtlsBase, config),
  };
}

/** Tells clients of decisions, from this process as from any other. */
function startPings({ config, stores, issuers, clock, log }: Engine, signals: BackchannelSignals): { close(): Promise<void> } {
  const post = createPost(config.outbound, config.tls.serverAuthorityFiles);
  const byIssuer = new Map([...issuers.values()].map(({ issuer, clients }) => [issuer, clients]));
  const leaseSeconds = Math.ceil((3 * config.outbound.timeoutMs) / 1000) + 5;
  const pings = Pings.start({ pings: stores.backchannelPings, signals, post, clientOf: (issuer, clientId) => byIssuer.get(issuer)?.find(clientId), clock, log, leaseSeconds });
  return { close: () => pings.close().finally(() => post.close()) };
}

const endpointsUnder = (base: string, { registration }: Pick<IssuerConfig, 'registration'>): Endpoints => ({
  authorization: `${base}/authorize`,
  pushedAuthorizationRequest: `${base}/par`,
  token: `${base}/token`,
  userinfo: `${base}/userinfo`,
  introspection: `${base}/introspect`,
  revocation: `${base}/revoke`,
  jwks: `${base}/jwks`,
  backchannelAuthentication: `${base}/backchannel`,
  device: `${base}/device`,
  interaction: `${base}/interaction`,
  ...(registration && registration.dialect.request.as !== 'none' && { registration: `${base}/register` }),
});
