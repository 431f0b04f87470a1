import type { AuthorizationDetail, GrantActor, GrantDifference, GrantPermissions, GrantStatus, GrantVersion } from '@assent/protocol';
import { canonical, differenceOf } from '../difference.js';
import type { Finding } from './finding.js';
import type { Link } from './link.js';

/** A grant as it stands: what tokens are given for. */
export interface Standing extends GrantPermissions {
  readonly version: number;
  readonly status: GrantStatus;
}

/** What is kept of a grant beside its chain. */
export interface History {
  readonly grantId: string;
  /** Of a chain that is as it was written. */
  readonly links: readonly Link[];
  /** In order. */
  readonly versions: readonly GrantVersion[];
  readonly standing: Standing | undefined;
}

/**
 * Whether a grant and its history are what the events of its chain decided: each decision has its version with actor and
 * difference, each version follows from the one before by its difference, and the grant is its last version. So nobody
 * widens a grant, or tells another history of it, beside its chain. Versions older than the chain prove themselves alone.
 */
export function verifyHistory({ grantId, links, versions, standing }: History): readonly Finding[] {
  const findings: Finding[] = [];
  const find = (what: Finding['what'], says: string, sequence?: number) => findings.push({ what, grantId, ...(sequence !== undefined && { sequence }), says });
  const decisions = links.flatMap(decisionOf);
  const decided = new Map(decisions.map((decision) => [decision.version, decision]));
  const kept = new Map(versions.map((version) => [version.version, version]));
  for (const { sequence, version, ...decision } of decisions) {
    const one = kept.get(version);
    if (!one) find('missing', `version ${version} of the history is missing: event ${sequence} decided it`, sequence);
    else if (textOf(factsOf(one)) !== textOf(decision)) find('altered', `version ${version} of the history was altered: event ${sequence} says something else`, sequence);
  }
  const first = decisions[0]?.version ?? Infinity;
  for (const one of versions) {
    if (one.version > first && !decided.has(one.version)) find('inserted', `version ${one.version} of the history was put in: no event decided it`);
    else if (!follows(one, kept.get(one.version - 1))) find('altered', `version ${one.version} of the history was altered: it is not version ${one.version - 1} with its difference`);
  }
  if (findings.length > 0 || decisions.length === 0) return findings;
  const last = versions.at(-1)!;
  if (!standing) find('missing', 'the grant itself is missing');
  else if (standing.version !== last.version || standing.status !== last.status || textOf(differenceOf(last, standing)) !== '{}') find('altered', `the grant was altered: it is not version ${last.version}, the last of its history`);
  return findings;
}

interface Decision {
  readonly sequence: number;
  readonly version: number;
  readonly event: string;
  readonly actor: GrantActor;
  readonly difference: GrantDifference;
}

/** The events that made a version. */
function decisionOf({ sequence, type, body }: Link): readonly Decision[] {
  const { version, actor, detail } = JSON.parse(body) as { readonly version?: number; readonly actor?: GrantActor; readonly detail?: { readonly difference?: GrantDifference } };
  const event = /^grant\.(lodged|authorised|approved|rejected|created|merged|replaced|narrowed|consumed|revoked|expired)$/.exec(type)?.[1];
  return event === undefined || version === undefined || actor === undefined ? [] : [{ sequence, version, event, actor, difference: detail?.difference ?? {} }];
}

const factsOf = ({ event, actor, difference }: GrantVersion): Omit<Decision, 'sequence' | 'version'> => ({ event, actor, difference });

/** The first of a history that is kept has nothing to follow; one that began before there was a history says no difference. */
function follows(version: GrantVersion, before: GrantVersion | undefined): boolean {
  if (!before && (version.version > 1 || version.actor.kind === 'system')) return true;
  const { status, ...permissions } = version.difference;
  const sameStatus = !before || (status ? status.from === before.status && status.to === version.status : before.status === version.status);
  return sameStatus && textOf(differenceOf(before, version)) === textOf(permissions);
}

/** As text, whatever the order of members and of what was added or removed; a member that is null is none (`json_strip_nulls`). */
const textOf = (value: object): string => canonical(plain(value) as AuthorizationDetail);

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain).sort((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).flatMap(([name, member]) => (member === null || member === undefined ? [] : [[name, plain(member)]])));
}
