import type { CheckpointKind } from './checkpoint.js';
import { events, type Finding } from './finding.js';
import { beforeFirst, factsOf, hashOf, type Link } from './link.js';

/** A link that a proved checkpoint vouches for. */
export interface Signed {
  readonly checkpoint: number;
  readonly kind: CheckpointKind;
  readonly sequence: number;
  readonly hash: Buffer;
}

/** Everything that is kept of one grant's chain. */
export interface Chain {
  readonly grantId: string;
  readonly links: readonly Link[];
  readonly head: { readonly sequence: number; readonly hash: Buffer } | undefined;
  readonly signed: readonly Signed[];
}

/**
 * What was altered, taken out, put in or moved in a chain of events, the first such event first; nothing when the chain
 * is as it was written. Links that only a later link or the head confirms are caught when somebody who cannot hash has
 * changed them; links at or before one that a checkpoint signed are caught whoever changed them.
 */
export function verifyChain(chain: Chain): readonly Finding[] {
  const walk = new Walk(chain);
  walk.run();
  return walk.findings.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
}

class Walk {
  readonly findings: Finding[] = [];
  readonly #signed = new Map<number, Signed>();
  readonly #bySequence = new Map<number, Link[]>();
  readonly #sequenceOf = new Map<string, number>();
  /** Up to here the events were dropped with their partitions. */
  readonly #retired: Signed | undefined;

  constructor(private readonly chain: Chain) {
    for (const one of chain.signed) {
      const other = this.#signed.get(one.sequence);
      if (other && !other.hash.equals(one.hash)) this.#find('checkpoint', one.sequence, `checkpoints ${other.checkpoint} and ${one.checkpoint} signed different hashes for event ${one.sequence}`);
      else this.#signed.set(one.sequence, one);
      if (one.kind === 'retired' && one.sequence > (this.#retired?.sequence ?? 0)) this.#retired = one;
    }
    for (const link of chain.links) {
      this.#bySequence.set(link.sequence, [...(this.#bySequence.get(link.sequence) ?? []), link]);
      this.#sequenceOf.set(link.hash.toString('hex'), link.sequence);
    }
  }

  run(): void {
    const base = this.#retired?.sequence ?? 0;
    for (const link of this.chain.links) if (link.sequence <= base || link.sequence < 1) this.#verifyAlone(link);
    const last = Math.max(base, ...this.chain.links.map(({ sequence }) => sequence));
    let before: Link | undefined;
    let previous: Buffer | undefined = this.#retired?.hash ?? beforeFirst;
    let proved = base;
    let gap = 0;
    for (let sequence = base + 1; sequence <= last; sequence += 1) {
      const link = this.#genuine(sequence);
      if (!link) {
        gap ||= sequence;
        before = undefined;
        previous = this.#signed.get(sequence)?.hash;
        continue;
      }
      if (gap) this.#find('missing', gap, `${events(gap, sequence - 1)} missing`);
      gap = 0;
      const sound = this.#verifyAlone(link);
      if (sound && previous && !link.previous.equals(previous)) this.#brokenLink(link, before);
      this.#compareWithSigned(link, proved);
      if (this.#signed.get(sequence)?.hash.equals(link.hash)) proved = sequence;
      before = link;
      previous = link.hash;
    }
    this.#verifyEnd(last, before);
  }

  /** The event of a sequence number; where there are several, all but the one that its surroundings confirm were put in. */
  #genuine(sequence: number): Link | undefined {
    const links = this.#bySequence.get(sequence) ?? [];
    if (links.length < 2) return links[0];
    const genuine = links.find((link) => this.#isConfirmed(link)) ?? links[0]!;
    this.#find('inserted', sequence, `event ${sequence} is there ${links.length} times`);
    return genuine;
  }

  #isConfirmed({ sequence, hash }: Link): boolean {
    const signed = this.#signed.get(sequence);
    if (signed) return signed.hash.equals(hash);
    const { head } = this.chain;
    return (this.#bySequence.get(sequence + 1) ?? []).some(({ previous }) => previous.equals(hash)) || (head?.sequence === sequence && head.hash.equals(hash));
  }

  #verifyAlone(link: Link): boolean {
    const { sequence, previous, body, hash } = link;
    if (sequence < 1) return this.#find('inserted', sequence, `event ${sequence} cannot be: chains begin with 1`);
    if (!hashOf(previous, body).equals(hash)) return this.#find('altered', sequence, `event ${sequence} was altered: its text and its hash do not belong together`);
    if (!factsOf(link, this.chain.grantId)) return this.#find('altered', sequence, `event ${sequence} was altered: its columns say something else than its text`);
    return true;
  }

  /** `link` does not follow `before`: which of the two is not what it was? */
  #brokenLink(link: Link, before: Link | undefined): void {
    const { sequence } = link;
    const elsewhere = this.#sequenceOf.get(link.previous.toString('hex'));
    if (elsewhere !== undefined && elsewhere !== sequence - 1) return void this.#find('reordered', sequence, `event ${sequence} is out of its place: it was written after what is event ${elsewhere} now`);
    const beforeIsProved = before === undefined || this.#signed.get(before.sequence)?.hash.equals(before.hash);
    if (this.#isConfirmed(link) && !beforeIsProved) {
      if (!this.#isFound(before.sequence)) this.#find('altered', before.sequence, `event ${before.sequence} was altered and hashed anew: event ${sequence} was written after another one`);
    } else this.#find('altered', sequence, `event ${sequence} was altered and hashed anew: it does not follow event ${sequence - 1}`);
  }

  #compareWithSigned({ sequence, hash }: Link, proved: number): void {
    const signed = this.#signed.get(sequence);
    if (!signed || signed.hash.equals(hash) || this.findings.some((one) => (one.sequence ?? 0) > proved && (one.sequence ?? 0) <= sequence)) return;
    this.#find('altered', proved + 1, `${events(proved + 1, sequence)} altered and hashed anew: checkpoint ${signed.checkpoint} signed another event ${sequence}`);
  }

  #verifyEnd(last: number, end: Link | undefined): void {
    const { head, links } = this.chain;
    const signed = [...this.#signed.values()].filter(({ sequence }) => sequence > last).sort((a, b) => b.sequence - a.sequence)[0];
    const until = Math.max(head?.sequence ?? 0, signed?.sequence ?? 0);
    if (until > last) this.#find('missing', last + 1, `${events(last + 1, until)} missing${signed ? `: checkpoint ${signed.checkpoint} signed event ${signed.sequence}` : ': the head of the chain is beyond the last event'}`);
    if (!head) return void (links.length + this.#signed.size > 0 && this.#find('head', Math.max(last, 1), 'the head of the chain is missing'));
    if (head.sequence < last) {
      const proved = [...this.#signed.keys()].some((sequence) => sequence > head.sequence);
      if (proved) this.#find('head', head.sequence, `the head of the chain was set back to event ${head.sequence}`);
      else this.#find('inserted', head.sequence + 1, `${events(head.sequence + 1, last)} beyond the head of the chain`);
    }
    const known = head.sequence === last ? (end?.hash ?? this.#signed.get(last)?.hash) : undefined;
    if (known && !known.equals(head.hash) && !this.#isFound(last)) this.#find('head', last, 'the head of the chain is not the hash of the last event');
  }

  #isFound(sequence: number): boolean {
    return this.findings.some((finding) => finding.sequence === sequence);
  }

  #find(what: Finding['what'], sequence: number, says: string): false {
    this.findings.push({ what, grantId: this.chain.grantId, sequence, says });
    return false;
  }
}
