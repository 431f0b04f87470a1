import { createServer, type Server } from 'node:https';
import { generateSigningKey, openSigningKey, publicJwk, signDpopProof, signJws, thumbprint, type SigningKey } from '@assent/crypto';
import { migrate } from '@assent/persistence';
import { epochSeconds, mintId, newTag, plusSeconds, systemClock, tagOf, type AccessTokenFacts, type AuthorizationDetail, type Clock } from '@assent/protocol';
import { startDatabase, type TestDatabase } from '@assent/testing';
import { makeConfiguration, Message, send, type Answer, type CertifiedKey, type TestConfiguration, type WantedConfiguration } from '@assent/testing/fapi';
import pg from 'pg';
import { startResourceServer, type ResourceServer } from './index.js';

/* A resource server over real TLS and PostgreSQL, and an issuer that signs what a spec wants. */

const newKey = async (): Promise<SigningKey> => openSigningKey({ alg: 'ES256', ...(await generateSigningKey('ES256')) });

export interface Bench {
  readonly configuration: TestConfiguration;
  readonly server: ResourceServer;
  /** A second server on the same database, and where it listens. */
  second(): Promise<number>;
  readonly pool: pg.Pool;
  readonly issuerKey: SigningKey;
  readonly clientKey: SigningKey;
  readonly identity: CertifiedKey;
  readonly clock: Clock;
  /** What the issuer's introspection endpoint says of any token. */
  introspection: Record<string, unknown>;
  close(): Promise<void>;
}

/** `clock`: the server's, and that of all that is sent to it. */
export async function startBench({ clock = systemClock, wanted = {} }: { readonly clock?: Clock; readonly wanted?: Partial<WantedConfiguration> } = {}): Promise<Bench> {
  const database = await startDatabase();
  await migrate(database.url);
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  await seed(pool);
  const client = { id: 'tally', auth: 'private_key_jwt', constraint: 'either' } as const;
  const configuration = await makeConfiguration({ databaseUrl: database.url, clients: [client], ...wanted });
  const [issuerKey, clientKey] = await Promise.all([newKey(), newKey()]);
  const bench = { configuration, pool, clock, issuerKey, clientKey, identity: await configuration.clientAuthority.issue({ subject: 'CN=tally' }), introspection: { active: false } };
  const issuer = await startIssuer(configuration, issuerKey, () => bench.introspection);
  const servers = [await startResourceServer(configuration.config, { clock })];
  const second = async (): Promise<number> => {
    const { config, ports } = await configuration.sibling();
    servers.push(await startResourceServer(config, { clock }));
    return ports.rs;
  };
  return Object.assign(bench, { server: servers[0]!, second, close: () => closeAll({ servers, issuer, pool, configuration, database }) });
}

interface Opened {
  readonly servers: readonly ResourceServer[];
  readonly issuer: Server;
  readonly pool: pg.Pool;
  readonly configuration: TestConfiguration;
  readonly database: TestDatabase;
}
async function closeAll({ servers, issuer, pool, configuration, database }: Opened): Promise<void> {
  for (const server of servers) await server.close();
  issuer.closeAllConnections();
  issuer.close();
  await pool.end();
  await configuration.close();
  await database.stop();
}

async function startIssuer({ config, issuer, server, ports }: TestConfiguration, key: SigningKey, introspection: () => object): Promise<Server> {
  const documents: Record<string, () => object> = {
    '/.well-known/oauth-authorization-server/fapi2': () => ({ issuer, jwks_uri: `${issuer}/jwks`, introspection_endpoint: `${issuer}/introspect` }),
    '/fapi2/jwks': () => ({ keys: [publicJwk(key)] }),
    '/fapi2/introspect': introspection,
    // Every issuer signs with the one key: what tells their tokens apart is what stands in them.
    ...Object.fromEntries(config.issuers.flatMap(({ name, issuer: other }) => [[`/.well-known/oauth-authorization-server/${name}`, () => ({ issuer: other, jwks_uri: `${other}/jwks`, introspection_endpoint: `${other}/introspect` })], [`/${name}/jwks`, () => ({ keys: [publicJwk(key)] })]])),
  };
  const listening = createServer({ cert: server.cert, key: server.key }, (request, response) => {
    const document = documents[request.url ?? ''];
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(document?.() ?? {}));
  });
  return new Promise((resolve) => void listening.listen(ports.as, '127.0.0.1', () => resolve(listening)));
}

async function seed(pool: pg.Pool): Promise<void> {
  for (const customer of ['ana', 'ben']) {
    await pool.query(`INSERT INTO bank.customer VALUES ($1, $1, 'x', $1, '{}')`, [customer]);
    for (const [position, kind] of ['current', 'savings'].entries()) {
      const id = `${customer}-${kind}`;
      await pool.query(`INSERT INTO bank.account VALUES ($1, $2, $3, $4, $4, 'GB09HBNK40010112344821', 'GBP', 0, '2026-01-01', 12.5, '2026-03-01')`, [id, customer, position, kind]);
      await pool.query(`INSERT INTO bank.transaction SELECT $1, n, $1 || n, date '2026-03-01' + n, date '2026-03-01' + n, -n, 'GBP', 'd', 'c', NULL, 'k', 0 FROM generate_series(1, 25) n`, [id]);
    }
  }
}

/** A grant of Ana's over her current account; returns its id. */
export async function aGrant({ pool, configuration }: Bench, accounts: readonly string[] = ['ana-current'], details: readonly AuthorizationDetail[] = [], scope: readonly string[] = []): Promise<string> {
  const id = mintId(newTag());
  await pool.query(
    `INSERT INTO assent."grant" (tag, id, status, issuer, client_id, customer_id, subject, scope, accounts, authorization_details, auth_time, acr, amr, created_at, updated_at)
     VALUES ($1, $2, 'active', $3, 'tally', 'ana', 'ana-subject', $6, $4, $5, now(), '1', '{}', now(), now())`,
    [tagOf(id), id, configuration.issuer, accounts, JSON.stringify(details), scope],
  );
  return id;
}

export type Claims = Partial<AccessTokenFacts> & {
  /** `authorization_details`, whatever they are. */
  readonly details?: unknown;
};
export const toKey = ({ clientKey }: Bench): Claims => ({ confirmation: { jkt: thumbprint(publicJwk(clientKey)) } });

/** A DPoP-bound token with every scope, unless told otherwise; `grantId` must be given for one that stands for a customer. */
export function aToken(bench: Bench, changes: Claims = {}): Promise<string> {
  const { issuer, resource } = bench.configuration;
  const now = bench.clock.now();
  const facts = {
    jti: `${mintId(newTag())}.1`, issuer, clientId: 'tally', subject: 'ana-subject', scope: ['accounts', 'balances', 'transactions'], audience: [resource], issuedAt: now,
    expiresAt: plusSeconds(now, 300), confirmation: { jkt: '' }, ...toKey(bench), ...changes,
  }; // prettier-ignore
  const claims = {
    iss: facts.issuer, sub: facts.subject, client_id: facts.clientId, aud: facts.audience, iat: epochSeconds(facts.issuedAt), exp: epochSeconds(facts.expiresAt),
    jti: facts.jti, ...(facts.scope.length > 0 && { scope: facts.scope.join(' ') }), cnf: facts.confirmation, grant_id: facts.grantId, authorization_details: facts.details,
  }; // prettier-ignore
  return signJws({ typ: 'at+jwt' }, claims, bench.issuerKey);
}

export const aProof = ({ clientKey, configuration, clock }: Bench, token: string, path: string, method = 'GET'): Promise<string> =>
  signDpopProof({ method, url: `${configuration.resource}${path}`, key: clientKey, now: clock.now(), accessToken: token });

/** A good request with a DPoP-bound token, open to any change. */
export async function aRequest(bench: Bench, token: string, path: string, method = 'GET'): Promise<Message> {
  const headers: [string, string][] = [['authorization', `DPoP ${token}`], ['dpop', await aProof(bench, token, path, method)]]; // prettier-ignore
  return new Message({ method, url: `${bench.configuration.resource}${path}`, headers });
}

/** `port`: of the second server, in place of the first one's. */
export const answerTo = ({ configuration }: Bench, message: Message, port = configuration.ports.rs): Promise<Answer> =>
  send(message, { ca: configuration.ca, route: new Map([[configuration.ports.rs, port]]) });

export const get = async (bench: Bench, token: string, path: string): Promise<Answer> => answerTo(bench, await aRequest(bench, token, path));

