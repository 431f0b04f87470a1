import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { attributeOid, signJws, type SigningKey } from '@assent/crypto';
import { directoryRecord, directoryRecordType, type CertificateDialect, type Organisation, type RegistrationDialect, type Software, type SoftwareStatus } from '@assent/markets';
import { systemClock } from '@assent/protocol';
import { aKey, type TestKey } from '@assent/testing';
import type { Authority, CertifiedKey } from '@assent/testing/fapi';
import { randomUUID } from 'node:crypto';

/** A software of the test directory, with what proves it. */
export interface Party {
  readonly software: Software;
  readonly organisation: Organisation;
  readonly key: TestKey;
  readonly identity: CertifiedKey;
}

/** A trust framework that says whatever a test wants it to say. */
export interface TestDirectory {
  readonly url: string;
  readonly key: TestKey;
  readonly stranger: TestKey;
  /** Makes an organisation with one software, its key and its certificate for a market. */
  join(dialect: RegistrationDialect, changes?: Partial<Software>, organisation?: Partial<Organisation>): Promise<Party>;
  /** Another certificate of this subject: `attributes` replaces values by type. */
  certificate(dialect: RegistrationDialect, party: Pick<Party, 'software' | 'organisation'>): Promise<CertifiedKey>;
  statement(dialect: RegistrationDialect, party: Pick<Party, 'software' | 'organisation'>, changes?: Readonly<Record<string, unknown>>, by?: SigningKey): Promise<string>;
  /** What the API answers of each software. */
  readonly standing: Map<string, { party: Pick<Party, 'software' | 'organisation'>; status: SoftwareStatus }>;
  /** Documents by path. */
  readonly documents: Map<string, unknown>;
  /** Paths asked for. */
  readonly asked: string[];
  /** The `iss` of its records. */
  recordIssuer: string;
  down: boolean;
  close(): Promise<void>;
}

const seconds = (): number => Math.floor(systemClock.now().getTime() / 1000);

export async function startTestDirectory(port: number, { cert, key: tlsKey }: CertifiedKey, clients: Authority): Promise<TestDirectory> {
  const [key, stranger, sharedKey] = await Promise.all([aKey('PS256'), aKey('PS256'), aKey('PS256')]);
  const url = `https://localhost:${port}`;
  const directory: Omit<TestDirectory, 'close'> = {
    url, key, stranger, standing: new Map(), documents: new Map<string, unknown>([['/directory.jwks', { keys: [key.jwk] }]]), asked: [], recordIssuer: url, down: false,
    async join(dialect, changes = {}, organisationChanges = {}) {
      const id = randomUUID();
      const roles = dialect.roles.map(({ role }) => role);
      const organisation: Organisation = { id: `org-${id.slice(0, 8)}`, legalName: `Tally ${id.slice(0, 4)} Ltd`, country: 'GB', registrationNumber: '12345678901234', status: 'Active', roles: roles.map((role) => ({ role, status: 'Active' })), ...organisationChanges };
      const software: Software = { id, name: `Tally ${id.slice(0, 4)}`, description: 'A budget', redirectUris: [`https://${id}.tpp.test/callback`, `https://${id}.tpp.test/other`], jwksUri: `${url}/keys/${id}.jwks`, clientUri: `https://${id}.tpp.test`, recipientBaseUri: `https://${id}.tpp.test/cdr`, roles, ...changes };
      directory.documents.set(`/keys/${id}.jwks`, { keys: [sharedKey.jwk] });
      const party = { software, organisation, key: sharedKey, identity: await certify(clients, dialect, { software, organisation }) };
      directory.standing.set(id, { party, status: 'active' });
      return party;
    },
    certificate: (dialect, party) => certify(clients, dialect, party),
    statement(dialect, { software, organisation }, changes = {}, by = key.signing) {
      const { statement } = dialect;
      if (!statement) throw new Error('this market has no statements');
      const claims = { ...statement.claims(software, organisation, { issuer: statement.issuer, jti: randomUUID(), now: systemClock.now(), directoryUrl: url }), ...changes };
      return signJws({ typ: 'JWT' }, JSON.parse(JSON.stringify(claims)) as object, by);
    },
  }; // prettier-ignore
  const server = createServer({ cert, key: tlsKey }, (request, response) => void answer(directory, request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return Object.assign(directory, {
    close: () => new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  });
}

async function answer(directory: Omit<TestDirectory, 'close'>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', directory.url);
  directory.asked.push(url.pathname);
  if (directory.down) return void response.writeHead(503).end();
  const send = (body: unknown): void => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (directory.documents.has(url.pathname)) return send(directory.documents.get(url.pathname));
  if (url.pathname === '/api/participants') {
    // Two a page, so that pages are turned.
    const all = [...directory.standing.keys()].sort();
    const rest = all.filter((id) => id > (url.searchParams.get('after') ?? ''));
    const page = rest.slice(0, 2);
    const last = page.at(-1);
    return send({ participants: await Promise.all(page.map((id) => recordOf(directory, id))), ...(rest.length > 2 && last ? { next: last } : {}) });
  }
  const id = /^\/api\/software\/([^/]+)$/.exec(url.pathname)?.[1] ?? '';
  if (!directory.standing.has(id)) return void response.writeHead(404).end();
  response.writeHead(200, { 'content-type': 'application/jwt' }).end(await recordOf(directory, id));
}

function recordOf({ standing, key, recordIssuer }: Omit<TestDirectory, 'close'>, id: string): Promise<string> {
  const found = standing.get(id);
  if (!found) throw new Error(`no software ${id}`);
  return signJws({ typ: directoryRecordType }, directoryRecord({ issuer: recordIssuer, now: systemClock.now(), lifetime: 60 }, { ...found.party, status: found.status }), key.signing);
}

/** RFC 4514 text, types as object identifiers: test certificates are made by a library that knows few names. */
function certify(clients: Authority, { certificate }: RegistrationDialect, { software, organisation }: Pick<Party, 'software' | 'organisation'>): Promise<CertifiedKey> {
  const attributes: CertificateDialect['subject'] = certificate?.subject ?? ((one) => [{ type: 'CN', value: one.id }]);
  const subject = [...attributes(software, organisation)].reverse().map(({ type, value }) => `${attributeOid(type) ?? type}=${value}`).join(',');
  return clients.issue({ subject });
}

/** A registration request as a JWS. */
export function requestJws({ software, key }: Party, audience: string, metadata: Readonly<Record<string, unknown>>, { claims = {}, header = {}, by = key.signing }: { readonly claims?: Readonly<Record<string, unknown>>; readonly header?: Readonly<Record<string, unknown>>; readonly by?: SigningKey } = {}): Promise<string> {
  const now = seconds();
  return signJws({ typ: 'JWT', ...header }, JSON.parse(JSON.stringify({ iss: software.id, aud: audience, iat: now, exp: now + 300, jti: randomUUID(), ...metadata, ...claims })) as object, by);
}
