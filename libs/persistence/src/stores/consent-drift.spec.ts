import { Secret, type Grant, type Handle, type LodgedConsent } from '@assent/protocol';
import { publicCheckpointKey, readCheckpointKey } from '../audit/checkpoint-key.js';
import { verifyAudit } from '../audit/verify-audit.js';
import { aContext, aHandle, actor, audit, challenge, clientId, inSeconds, issuer, now, openBench, pushed, redemption, redirectUri, refreshment, resource, type Bench } from './fixtures.js';

/*
 * No consent may say one thing while its tokens do another. Many hands do to consents what may be done to them, at the same
 * moment and in no order; afterwards each consent, its history, its codes and its tokens are asked, and must agree.
 */

let bench: Bench;
beforeAll(async () => (bench = await openBench()));
afterAll(() => bench.close());

const detail = { type: 'urn:test:data', permissions: ['ReadAccounts'] };
const ends = inSeconds(86_400);
const permissions = { scope: ['openid', 'accounts'], resources: [resource], accounts: ['ana-everyday', 'ana-savings'], authorizationDetails: [{ ...detail, accounts: ['ana-everyday', 'ana-savings'] }], expiresAt: ends };
const people = ['customer-ana', 'customer-ben', 'customer-carla'] as const;

/** What was handed out on a consent, by whoever got it. */
interface Held {
  readonly consent: LodgedConsent;
  readonly codes: Handle[];
  readonly access: Handle[];
  readonly refresh: Handle[];
  readonly said: string[];
}

type Hand = (held: Held, any: (most: number) => number) => Promise<unknown>;
const stores = () => bench.database.stores;
const grantOf = async ({ consent }: Held): Promise<Grant> => (await stores().grants.find(consent.grantId)) as Grant;

/** A yes: to a consent in waiting, by anybody; to an active one, by its customer, anew. */
const yes: Hand = async (held, any) => {
  const waiting = await grantOf(held);
  const customerId = waiting.customerId === '' ? people[any(3)]! : waiting.customerId;
  const request = await pushed(bench.database);
  const code = aHandle(60, request.tag);
  const context = aContext({ customerId, subject: customerId, grantId: waiting.id, scope: permissions.scope, authorizationDetails: permissions.authorizationDetails, consent: { name: held.consent.name, once: false, expiresAt: ends } });
  const further = any(3) === 0 ? people.filter((one) => one !== customerId).slice(0, 1) : [];
  const change = waiting.customerId === '' ? ({ action: 'activate', waiting, permissions, furtherAuthorisers: further } as const) : ({ action: 'replace', managed: false, seenVersion: waiting.version, permissions } as const);
  const outcome = await stores().authorizations.allow({ request, code, context, codeChallenge: challenge, redirectUri, change, now: now(), audit: audit('authorize.allowed') });
  if (outcome === 'allowed') held.codes.push(code);
  if (outcome === 'allowed' && change.action === 'activate') held.said.push(customerId);
};

const redeem: Hand = async (held, any) => {
  const code = held.codes[any(held.codes.length)];
  if (!code) return;
  const input = redemption(code);
  if ((await stores().codes.redeem(input)).outcome !== 'redeemed') return;
  held.access.push(input.tokens.access.handle!);
  held.refresh.push(input.tokens.refresh!.handle);
};

const hands: readonly Hand[] = [
  yes,
  yes,
  yes,
  redeem,
  redeem,
  redeem,
  async ({ consent }, any) => stores().authorizations.refuse({ request: await pushed(bench.database), rejects: consent.grantId, now: now(), audit: { ...audit('authorize.refused'), customerId: people[any(3)]! } }),
  ({ consent }, any) => stores().consents.decide({ grantId: consent.grantId, customerId: people[any(3)]!, decision: any(4) === 0 ? 'reject' : 'approve', now: now(), audit: audit('consent.decided') }),
  ({ consent }, any) => stores().consents.decide({ grantId: consent.grantId, customerId: people[any(3)]!, decision: 'approve', now: now(), audit: audit('consent.decided') }),
  async ({ consent }, any) => any(3) === 0 && stores().grants.revoke({ grantId: consent.grantId, actor, now: now(), audit: audit('grant.revoked') }),
  async ({ consent }, any) => any(4) === 0 && stores().grants.consume({ grantId: consent.grantId, actor, now: now(), audit: audit('grant.consumed') }),
  ({ consent }) =>
    stores().grants.narrow({ grantId: consent.grantId, actor: { kind: 'customer', id: 'somebody' }, now: now(), audit: audit('grant.narrowed'), permissions: ({ accounts, ...rest }) => (accounts.length < 2 ? undefined : { ...rest, accounts: accounts.slice(0, 1) }) }),
];

/** Numbers of no order that come again for the same seed (mulberry32). */
function numbersFrom(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return most === 0 ? 0 : ((mixed ^ (mixed >>> 14)) >>> 0) % most;
  };
}

async function lodge(): Promise<Held> {
  const consent = { kind: 'data', namePrefix: 'urn:bank:', details: [detail], document: {}, expiresAt: ends };
  const lodged = await stores().consents.lodge({ issuer, clientId, consent, now: now(), audit: audit('consent.lodged') });
  if (lodged.outcome !== 'lodged') throw new Error(lodged.outcome);
  return { consent: lodged.consent, codes: [], access: [], refresh: [], said: [] };
}

/** What the tokens do, as whoever holds them finds out. */
async function judged({ consent, access, refresh, codes, said }: Held) {
  const { status, customerId } = (await stores().consents.ofGrant({ grantId: consent.grantId, now: now() }))!;
  const good = await Promise.all(access.map(async (token) => (await stores().accessTokens.find(token, [], now())).outcome === 'found'));
  const useful = await Promise.all(refresh.map(async (token) => (await stores().refreshTokens.use(refreshment(token))).outcome === 'used'));
  const redeemable = await Promise.all(codes.map(async (code) => (await stores().codes.redeem(redemption(code))).outcome === 'redeemed'));
  const history = (await stores().grants.history(consent.grantId)).map(({ event }) => event);
  return { status, customerId, said, opens: good.includes(true), refreshes: useful.includes(true), redeems: redeemable.includes(true), history };
}

it.each([1, 2, 3, 4])('consents and tokens agree, whatever was done to them at once (seed %i)', async (seed) => {
  const any = numbersFrom(seed);
  const all = await Promise.all(Array.from({ length: 25 }, lodge));
  for (let round = 0; round < 6; round++) {
    await Promise.all(all.flatMap((held) => [1, 2, 3].map(() => hands[any(hands.length)]!(held, any))));
  }
  for (const held of all) {
    const { status, customerId, said, opens, refreshes, redeems, history } = await judged(held);
    const facts = { seed, status, history };
    // One yes at most made it anybody's, and it is theirs.
    expect({ ...facts, said: said.length, customerId }).toEqual({ ...facts, said: customerId === undefined ? 0 : 1, customerId: said[0] });
    expect({ ...facts, authorised: history.filter((event) => event === 'authorised').length }).toEqual({ ...facts, authorised: said.length });
    // Nothing opens but what is active, or was until its one use.
    if (status !== 'active' && status !== 'consumed') expect({ ...facts, opens }).toEqual({ ...facts, opens: false });
    // Nothing new is given out on what has ended, or is nobody's.
    if (status !== 'active' && !(status === 'awaiting_authorisation' && customerId !== undefined)) expect({ ...facts, refreshes, redeems }).toEqual({ ...facts, refreshes: false, redeems: false });
    // What ended has one end, and nothing after it.
    const over = history.findIndex((event) => ['revoked', 'rejected', 'consumed', 'expired'].includes(event));
    expect({ ...facts, over: over < 0 ? -1 : history.length - 1 - over }).toEqual({ ...facts, over: over < 0 ? -1 : 0 });
  }
  // Of a seed that shows nothing nothing would be learnt.
  const states = new Set(await Promise.all(all.map(async (held) => (await judged(held)).status)));
  expect(states.size).toBeGreaterThan(2);
}, 60_000);

it('and all of it is in their chains', async () => {
  const { findings, chains } = await verifyAudit(bench.database.pool, { key: readCheckpointKey(publicCheckpointKey(new Secret(Buffer.alloc(32, 1)))) });
  expect([findings, chains]).toEqual([[], 100]);
});
