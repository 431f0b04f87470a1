import { createHash } from 'node:crypto';
import { checkpointHash, CheckpointWalk, readCheckpoint, rootOf, type CheckpointClaims, type KeptCheckpoint, type Leaf } from '../index.js';

const leaf = (grantId: string, sequence = 1): Leaf => ({ grantId, sequence, hash: createHash('sha256').update(`${grantId}${sequence}`).digest() });
const leaves = [leaf('a'), leaf('b'), leaf('c')];

/** Three checkpoints; the "JWS" here is the payload, and `claims` what its signature would prove. */
function threeCheckpoints(): { -readonly [K in keyof KeptCheckpoint]: KeptCheckpoint[K] }[] {
  let previous: string | null = null;
  return [1, 2, 3].map((number) => {
    const claims: CheckpointClaims = { number, at: '2026-11-25T10:00:00.000Z', kind: 'heads', previous, count: leaves.length, root: rootOf(leaves) };
    const jws = JSON.stringify(claims);
    previous = checkpointHash(jws);
    return { number, kind: 'heads', jws, claims, leaves };
  });
}
const verify = (kept: readonly KeptCheckpoint[]): string[] => {
  const walk = new CheckpointWalk();
  return kept.flatMap((one) => walk.next(one)).map(({ says }) => says);
};

describe('rootOf', () => {
  it('depends on every leaf and on no order of rows', () => {
    expect(rootOf([...leaves].reverse())).toBe(rootOf(leaves));
    const others = [[], [leaf('a')], [leaf('a'), leaf('b')], [leaf('a', 2), leaf('b'), leaf('c')], [leaf('a'), leaf('b'), leaf('d')], [...leaves, leaf('d')]].map(rootOf);
    expect(new Set([rootOf(leaves), ...others]).size).toBe(7);
  });

  it('is the tree of RFC 6962 section 2.1', () => {
    const sha = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
    const [a, b, c] = leaves.map(({ grantId, sequence, hash }) => sha(Buffer.of(0), Buffer.from(JSON.stringify([grantId, sequence, hash.toString('base64url')])))) as [Buffer, Buffer, Buffer];
    expect(rootOf(leaves)).toBe(sha(Buffer.of(1), sha(Buffer.of(1), a, b), c).toString('base64url'));
    expect(rootOf([])).toBe(sha().toString('base64url'));
  });
});

describe('CheckpointWalk', () => {
  it('finds nothing as written, and tells the last one', () => {
    const kept = threeCheckpoints();
    const walk = new CheckpointWalk();
    expect(kept.flatMap((one) => walk.next(one))).toEqual([]);
    expect(walk.last).toEqual({ number: 3, hash: checkpointHash(kept[2]!.jws) });
  });

  it.each<[string, (kept: ReturnType<typeof threeCheckpoints>) => void, RegExp]>([
    ['one missing', (kept) => void kept.splice(1, 1), /checkpoints 2 to 2 are missing/],
    ['the first missing', (kept) => void kept.shift(), /checkpoints 1 to 1 are missing/],
    ['one without a signature that holds', (kept) => void (kept[1]!.claims = undefined), /checkpoint 2 was altered: its signature/],
    ['one of another kind', (kept) => void (kept[1]!.kind = 'retired'), /checkpoint 2 was altered: its columns/],
    ['one replaced by an older statement', (kept) => Object.assign(kept[1]!, { jws: kept[0]!.jws, claims: kept[0]!.claims }), /checkpoint 2 was altered: its columns/],
    ['a leaf altered', (kept) => void (kept[1]!.leaves = [leaf('a', 2), ...leaves.slice(1)]), /leaves of checkpoint 2/],
    ['a leaf gone', (kept) => void (kept[1]!.leaves = leaves.slice(1)), /leaves of checkpoint 2/],
    ['a leaf more', (kept) => void (kept[1]!.leaves = [...leaves, leaf('d')]), /leaves of checkpoint 2/],
    ['one that follows another', (kept) => void (kept[0]!.jws += ' '), /checkpoint 2 does not follow checkpoint 1/],
  ])('names %s', (_, tamper, expected) => {
    const kept = threeCheckpoints();
    tamper(kept);
    expect(verify(kept)[0]).toMatch(expected);
  });

  it.each([{}, { number: '1' }, { ...threeCheckpoints()[0]!.claims, kind: 'other' }, { ...threeCheckpoints()[0]!.claims, previous: 5 }])('reads no payload like %j', (claims) => {
    expect(readCheckpoint(claims)).toBeUndefined();
  });
});
