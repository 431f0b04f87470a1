import type { GrantActor, GrantEventType, GrantPermissions, GrantStatus, GrantVersion } from '@assent/protocol';
import { differenceOf } from '../difference.js';
import { hashOf, type Link } from './link.js';
import { verifyHistory, type History } from './verify-history.js';

const grantId = 'g';
const at = new Date('2026-11-25T12:00:00Z');
const customer: GrantActor = { kind: 'customer', id: 'ana' };
const permissions = (over: Partial<GrantPermissions> = {}): GrantPermissions => ({ scope: ['accounts'], resources: [], accounts: ['a', 'b'], authorizationDetails: [], expiresAt: at, ...over });

interface Step {
  readonly event: GrantEventType;
  readonly holds: GrantPermissions;
  readonly status?: GrantStatus;
  readonly actor?: GrantActor;
}

/** Versions as the stores write them, and a link for each. */
function historyOf(steps: readonly Step[]): { readonly links: Link[]; readonly versions: GrantVersion[]; readonly standing: NonNullable<History['standing']> } {
  const versions = steps.map(({ event, holds, status = 'active', actor = customer }, index): GrantVersion => {
    const before = steps[index - 1];
    const was = before?.status ?? 'active';
    const difference = { ...differenceOf(before?.holds, holds), ...(before && was !== status && { status: { from: was, to: status } }) };
    return { grantId, version: index + 1, at, actor, event, status, ...holds, difference };
  });
  const links = versions.map(({ version, event, actor, difference }): Link => {
    const type = `grant.${event}`;
    const body = JSON.stringify({ type, at, grant_id: grantId, version, actor, detail: { difference } });
    return { sequence: version, at, type, body, previous: Buffer.alloc(32), hash: hashOf(Buffer.alloc(32), body) };
  });
  return { links, versions, standing: versions.at(-1)! };
}

const steps: readonly Step[] = [
  { event: 'created', holds: permissions({ expiresAt: null }) },
  { event: 'merged', holds: permissions({ scope: ['accounts', 'balances'], authorizationDetails: [{ type: 't', actions: ['x'] }], expiresAt: null }) },
  { event: 'narrowed', holds: permissions({ accounts: ['b'] }) },
  { event: 'revoked', holds: permissions({ accounts: ['b'] }), status: 'revoked', actor: { kind: 'staff', id: 'sam' } },
];
const whole = historyOf(steps);
const says = (change: Partial<History>): string[] => verifyHistory({ grantId, ...whole, ...change }).map((finding) => finding.says);

describe('verifyHistory', () => {
  it('finds nothing where every version was decided', () => {
    expect(says({})).toEqual([]);
    expect(says({ links: [], versions: [], standing: undefined })).toEqual([]);
  });

  it('takes a history that is older than its chain, or begun before there was one, as it is', () => {
    expect(says({ links: whole.links.slice(2) })).toEqual([]);
    const begun: GrantVersion = { ...whole.versions[0]!, actor: { kind: 'system', id: 'migration' }, difference: {} };
    expect(says({ links: whole.links.slice(1), versions: [begun, ...whole.versions.slice(1)] })).toEqual([]);
  });

  it('does not mind members that are null, nor the order of what was added', () => {
    const bare = whole.links.map((link) => ({ ...link, body: link.body.replace('"from":null,', '').replace('["a","b"]', '["b","a"]') }));
    expect(bare[0]!.body).not.toBe(whole.links[0]!.body);
    expect(says({ links: bare })).toEqual([]);
  });

  it.each<[string, Partial<History>, string]>([
    ['a missing version', { versions: whole.versions.filter(({ version }) => version !== 2) }, 'version 2 of the history is missing: event 2 decided it'],
    ['another difference', { versions: whole.versions.map((one) => (one.version === 3 ? { ...one, difference: {} } : one)) }, 'version 3 of the history was altered: event 3 says something else'],
    ['other permissions', { versions: whole.versions.map((one) => (one.version === 2 ? { ...one, scope: ['payments'] } : one)) }, 'version 2 of the history was altered: it is not version 1 with its difference'],
    ['a version of nobody', { versions: [...whole.versions, { ...whole.versions[3]!, version: 5, difference: {} }] }, 'version 5 of the history was put in: no event decided it'],
    ['a wider grant', { standing: { ...whole.standing, accounts: ['a', 'b'] } }, 'the grant was altered: it is not version 4, the last of its history'],
    ['a grant that rose again', { standing: { ...whole.standing, status: 'active' } }, 'the grant was altered: it is not version 4, the last of its history'],
    ['no grant', { standing: undefined }, 'the grant itself is missing'],
  ])('names %s', (_, change, expected) => {
    expect(says(change)).toContain(expected);
  });
});
