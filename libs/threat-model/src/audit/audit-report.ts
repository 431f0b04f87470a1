import type { ThreatReport } from '../report/report.js';
import { matrixOf } from '../verdict.js';
import { auditAttacks } from './audit.js';
import { asserting, named, type DeploymentFacts, type IssuerFacts } from './facts.js';

/** The audit of one issuer as a report. */
export function auditReport(deployment: DeploymentFacts, issuer: IssuerFacts & { readonly profile: string }, at: Date): ThreatReport {
  const attacks = auditAttacks(deployment, issuer);
  const shared = sharedKeys(deployment, issuer);
  const notes = shared === undefined ? [] : [shared];
  return { kind: 'audit', subject: issuer.issuer, profile: issuer.profile, at, attacks, matrix: matrixOf(attacks), notes };
}

/** TM-TOK-05: a client that signs with one key at several issuers. What it does elsewhere, nobody here can know. */
function sharedKeys({ issuers }: DeploymentFacts, issuer: IssuerFacts): string | undefined {
  const keysOf = (one: IssuerFacts) => asserting(one).map((client) => ({ client, keys: client.jwks_uri !== undefined ? [client.jwks_uri] : (client.jwks?.keys ?? []).map(publicPart) }));
  const elsewhere = new Set(issuers.filter(({ name }) => name !== issuer.name).flatMap((one) => keysOf(one).flatMap(({ keys }) => keys)));
  const reusing = keysOf(issuer).filter(({ keys }) => keys.some((key) => elsewhere.has(key)));
  return reusing.length === 0 ? undefined : `TM-TOK-05: these clients use one key at several issuers of this deployment: ${named(reusing.map(({ client }) => client))}. Ask them for one key each.`;
}

/** What makes a key the same key, whatever it is called. */
const publicPart = ({ kty, crv, x, y, n, e }: { readonly kty?: string; readonly crv?: string; readonly x?: string; readonly y?: string; readonly n?: string; readonly e?: string }): string => JSON.stringify([kty, crv, x, y, n, e]);
