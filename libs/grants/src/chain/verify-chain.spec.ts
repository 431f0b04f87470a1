import { beforeFirst, hashOf, verifyChain, type Chain, type Link, type Signed } from '../index.js';

const grantId = 'grant-1';
type Draft = { -readonly [K in keyof Link]: Link[K] };
interface Kept {
  links: Draft[];
  head: { sequence: number; hash: Buffer } | undefined;
  signed: Signed[];
}

/** A chain of six events; checkpoint 1 signed the third, checkpoint 2 the fifth. */
function aChain(length = 6): Kept {
  const links: Draft[] = [];
  let previous: Buffer = beforeFirst;
  for (let sequence = 1; sequence <= length; sequence += 1) {
    const at = new Date(1_764_000_000_000 + sequence * 1000);
    const body = JSON.stringify({ type: 'grant.merged', at: at.toISOString(), grant_id: grantId, detail: { n: sequence } });
    const hash = hashOf(previous, body);
    links.push({ sequence, at, type: 'grant.merged', body, previous, hash });
    previous = hash;
  }
  const sign = (checkpoint: number, sequence: number): Signed => ({ checkpoint, kind: 'heads', sequence, hash: links[sequence - 1]!.hash });
  return { links, head: { sequence: length, hash: previous }, signed: length >= 5 ? [sign(1, 3), sign(2, 5)] : [] };
}

const link = (kept: Kept, sequence: number): Draft => kept.links.find((one) => one.sequence === sequence)!;
const change = (one: Draft, to = 9): void => void (one.body = one.body.replace(/"n":\d+/, `"n":${to}`));
/** What somebody does who has the database and no key: hashes everything anew from one event on, head included. */
function rehash(kept: Kept, from: number): void {
  let previous: Buffer = from === 1 ? beforeFirst : link(kept, from - 1).hash;
  for (const one of kept.links.filter(({ sequence }) => sequence >= from)) {
    Object.assign(one, { previous, hash: hashOf(previous, one.body) });
    previous = one.hash;
  }
  kept.head = { sequence: kept.links.at(-1)!.sequence, hash: previous };
}
const verify = (kept: Kept): string[] => verifyChain({ grantId, ...kept } as Chain).map(({ what, sequence, says }) => `${what} ${sequence}: ${says}`);

describe('verifyChain', () => {
  it.each([0, 1, 2, 6])('finds nothing in a chain of %i as it was written', (length) => {
    expect(verify(length === 0 ? { links: [], head: undefined, signed: [] } : aChain(length))).toEqual([]);
  });

  it.each<[string, (kept: Kept) => void, RegExp[]]>([
    ['a text altered', (kept) => change(link(kept, 2)), [/^altered 2: /]],
    ['a text altered and its hash with it', (kept) => { change(link(kept, 2)); link(kept, 2).hash = hashOf(link(kept, 2).previous, link(kept, 2).body); }, [/^altered 2: /]],
    ['the last text altered and its hash with it', (kept) => { change(link(kept, 6)); link(kept, 6).hash = hashOf(link(kept, 6).previous, link(kept, 6).body); }, [/^head 6: /]],
    ['a hash altered', (kept) => void (link(kept, 4).hash = Buffer.alloc(32, 7)), [/^altered 4: /]],
    ['the hash before altered', (kept) => void (link(kept, 4).previous = Buffer.alloc(32, 7)), [/^altered 4: /]],
    ['a time altered', (kept) => void (link(kept, 2).at = new Date(0)), [/^altered 2: .*columns/]],
    ['a type altered', (kept) => void (link(kept, 2).type = 'grant.created'), [/^altered 2: .*columns/]],
    ['the first deleted', (kept) => void kept.links.splice(0, 1), [/^missing 1: event 1 missing/]],
    ['two deleted', (kept) => void kept.links.splice(1, 2), [/^missing 2: events 2 to 3 missing/]],
    ['the last deleted', (kept) => void kept.links.pop(), [/^missing 6: event 6 missing/]],
    ['all deleted', (kept) => void (kept.links = []), [/^missing 1: events 1 to 6 missing/]],
    ['one put in beside another', (kept) => void kept.links.splice(2, 0, { ...link(kept, 3), at: new Date(1_764_000_003_500), body: 'x', hash: hashOf(link(kept, 3).previous, 'x') }), [/^inserted 3: event 3 is there 2 times/]],
    ['one put in behind the last', (kept) => void kept.links.push({ ...link(kept, 6), sequence: 7, previous: link(kept, 6).hash, hash: hashOf(link(kept, 6).hash, link(kept, 6).body) }), [/^inserted 7: event 7 beyond the head/]],
    ['one put in before the first', (kept) => void kept.links.unshift({ ...link(kept, 1), sequence: 0 }), [/^inserted 0: /]],
    ['two that changed places', (kept) => { const [a, b] = [link(kept, 2), link(kept, 4)]; a.sequence = 4; b.sequence = 2; kept.links.sort((x, y) => x.sequence - y.sequence); }, [/^reordered 2: event 2 is out of its place/, /^reordered 3: /]],
    ['the head altered', (kept) => void (kept.head = { sequence: 6, hash: Buffer.alloc(32) }), [/^head 6: /]],
    ['the head gone', (kept) => void (kept.head = undefined), [/^head 6: .*missing/]],
    ['the head set back', (kept) => void (kept.head = { sequence: 2, hash: link(kept, 2).hash }), [/^head 2: .*set back/]],
  ])('names %s', (_, tamper, expected) => {
    const kept = aChain();
    tamper(kept);
    const found = verify(kept);
    expect(found.length).toBeGreaterThan(0);
    expected.forEach((one, index) => expect(found[index]).toMatch(one));
  }); // prettier-ignore

  it.each<[string, (kept: Kept) => void, RegExp]>([
    ['an event altered before what was signed', (kept) => { change(link(kept, 2)); rehash(kept, 2); }, /^altered 1: events 1 to 3 altered and hashed anew: checkpoint 1 signed another event 3/],
    ['an event altered between two that were signed', (kept) => { change(link(kept, 4)); rehash(kept, 4); }, /^altered 4: events 4 to 5 altered .*checkpoint 2/],
    ['the signed event itself', (kept) => { change(link(kept, 5)); rehash(kept, 5); }, /^altered 4: events 4 to 5 altered .*checkpoint 2/],
    ['an event taken out', (kept) => { kept.links.splice(1, 1); kept.links.forEach((one, index) => (one.sequence = index + 1)); rehash(kept, 2); }, /^altered 1: events 1 to 3 altered/],
    ['an event put in', (kept) => { kept.links.splice(3, 0, { ...link(kept, 4) }); kept.links.forEach((one, index) => (one.sequence = index + 1)); rehash(kept, 4); }, /^altered 4: events 4 to 5 altered/],
    ['events cut off the end', (kept) => { kept.links.splice(4); rehash(kept, 4); }, /^missing 5: event 5 missing: checkpoint 2 signed event 5/],
    ['the whole chain with its head', (kept) => { kept.links = []; kept.head = undefined; }, /^missing 1: events 1 to 5 missing: checkpoint 2/],
    ['a new beginning', (kept) => { kept.links = aChain(1).links; change(kept.links[0]!); rehash(kept, 1); }, /^missing 2: events 2 to 5 missing: checkpoint 2/],
  ])('names %s, though everything was hashed anew', (_, tamper, expected) => {
    const kept = aChain();
    tamper(kept);
    expect(verify(kept)[0]).toMatch(expected);
  }); // prettier-ignore

  describe('after old events were dropped with their partitions', () => {
    const dropped = (retired: number, left = retired): Kept => {
      const kept = aChain();
      kept.signed.push({ checkpoint: 3, kind: 'retired', sequence: retired, hash: link(kept, retired).hash });
      kept.links = kept.links.filter(({ sequence }) => sequence > left);
      return kept;
    };

    it.each([1, 2, 3, 6])('finds nothing where the first %i are gone', (retired) => {
      expect(verify(dropped(retired))).toEqual([]);
    });

    it('finds nothing where a few of them are still there', () => {
      expect(verify(dropped(3, 1))).toEqual([]);
    });

    it('names an event missing beyond those that were dropped', () => {
      expect(verify(dropped(2, 4))[0]).toMatch(/^missing 3: events 3 to 4 missing/);
    });

    it('names the first one left when it does not follow what was dropped', () => {
      const kept = dropped(2);
      change(link(kept, 3));
      rehashFrom(kept, 3);
      expect(verify(kept)[0]).toMatch(/^altered 3: /);
    });

    it('names a head that is not what was dropped', () => {
      const kept = dropped(6);
      kept.head = { sequence: 6, hash: Buffer.alloc(32) };
      expect(verify(kept)[0]).toMatch(/^head 6: /);
    });
  });
});

function rehashFrom(kept: Kept, from: number): void {
  let { previous } = link(kept, from);
  for (const one of kept.links.filter(({ sequence }) => sequence >= from)) {
    Object.assign(one, { previous, hash: hashOf(previous, one.body) });
    previous = one.hash;
  }
  kept.head = { sequence: kept.links.at(-1)!.sequence, hash: previous };
}
