import type { AssentConfig } from '@assent/config';
import { deriveKey } from '@assent/crypto';
import { createLog, openTogether, startApp, StartupError, type Log } from '@assent/http';
import { databaseReady, openConfiguredDatabase } from '@assent/persistence';
import { openDirectoryStore } from '@assent/persistence/directory';
import { systemClock, type Clock } from '@assent/protocol';
import { KeyRings } from '@assent/signing-keys';
import { randomUUID } from 'node:crypto';
import { adminTokenHash } from './admin-token.js';
import { registerApi } from './api-routes.js';
import { ownServers, readAuthority } from './authorities.js';
import { auditOf, type Directory } from './directory.js';
import { joinableMarkets, type JoinableMarkets } from './markets.js';
import { registerPages } from './site/routes.js';
import { problemPage } from './site/visit.js';
import { registerPublic } from './public-routes.js';

export { adminTokenFile } from './admin-token.js';
export { marketsOf, type JoinableMarket } from './markets.js';
export type { Bundle } from './site/join.js';

export interface DirectoryOptions {
  readonly clock?: Clock;
  readonly log?: Log;
  /** Of the registry, unless told. */
  readonly markets?: JoinableMarkets;
}

export interface RunningDirectory {
  readonly ports: readonly number[];
  readonly healthPort: number | undefined;
  close(): Promise<void>;
}

/** Starts the trust framework: its API, its pages, its authority. `StartupError` when the configuration has none. */
export async function startDirectory(config: AssentConfig, options: DirectoryOptions = {}): Promise<RunningDirectory> {
  const own = config.directory;
  if (!own) throw new StartupError('directory: not configured');
  const log = options.log ?? createLog({ app: 'directory', level: config.logLevel });
  const clock = options.clock ?? systemClock;
  return openTogether(async (opened) => {
    const authority = await readAuthority(own);
    const database = await opened.keep(openConfiguredDatabase(config, { applicationName: 'assent-directory', clock, log }));
    const owner = { issuer: own.publicUrl, signingAlgs: ['PS256'], accessTokenAlg: 'PS256', clients: [] } as const;
    const rings = await opened.keep(KeyRings.open({ store: database.stores.signingKeys, issuers: [owner], rotation: config.authorizationServer.keyRotation, clock, log }));
    const directory: Directory = {
      config: own,
      store: openDirectoryStore(database, clock),
      authority,
      keys: rings.of(own.publicUrl),
      csrfKey: deriveKey(config.encryptionKey.reveal(), 'site/directory/csrf'),
      adminTokenHash: await adminTokenHash(config, own),
      markets: options.markets ?? joinableMarkets(),
      clock,
      log,
    };
    await introduceIssuers(directory, config);
    const app = await opened.keep(
      startApp({
        server: own,
        // Which certificates are good it knows itself.
        tls: { ...config.tls, revocation: undefined },
        mode: config.mode,
        log,
        clock,
        ready: [databaseReady(database)],
        database: () => database.statistics(),
        routes: (fastify) => {
          registerPublic(fastify, directory);
          registerApi(fastify, directory);
          registerPages(fastify, directory);
        },
        errorPage: (error, request) => problemPage(directory, error, request),
      }),
    );
    return { ports: app.ports, healthPort: app.healthPort };
  });
}

/** The issuers of this deployment stand in its directory from the start. */
async function introduceIssuers(directory: Directory, config: AssentConfig): Promise<void> {
  const actor = { by: 'administrator', requestId: randomUUID() } as const;
  for (const { name, issuer, market } of ownServers(config)) {
    await directory.store.addAuthorisationServer({ id: randomUUID(), name, issuer, market }, directory.clock.now(), auditOf(directory, actor, 'server_added', { issuer }));
  }
}
