import type { RevocationCheckConfig } from '@assent/config';
import { certificateThumbprint } from '@assent/crypto';
import { isIssuedBy, serialText, verifyCrl, type RevocationList } from '@assent/pki/verify';
import type { Clock } from '@assent/protocol';
import { LRUCache } from 'lru-cache';
import type { X509Certificate } from 'node:crypto';
import type { Log } from '../log.js';
import { certificateOf, good, type Authorities, type PresentedChain, type RevocationCheck, type Verdict } from './check.js';

export interface ListsOptions {
  readonly config: RevocationCheckConfig;
  readonly authorities: Authorities;
  /** The octets at a configured address or in a file. */
  readonly read: (source: string) => Promise<Buffer>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Where a list is missing, it is asked for again this soon. */
const retryMs = 1000;

interface Identified {
  readonly der: Buffer;
  readonly thumbprint: string;
}

interface Issued {
  readonly authority: X509Certificate;
  readonly serial: string;
}

interface Source {
  readonly name: string;
  list?: RevocationList;
  /** What was said last of its failing, so that each failure is logged once. */
  failing?: string;
}

/**
 * The configured revocation lists in memory, each verified, fetched again on a schedule. A list that cannot be fetched
 * or believed leaves the one before in place, until that has passed its end. Lists never go back in time.
 */
export class RevocationLists implements RevocationCheck {
  private readonly sources: readonly Source[];
  private readonly issued = new LRUCache<string, { readonly by: Issued | undefined }>({ max: 5000 });
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  private constructor(private readonly options: ListsOptions) {
    this.sources = options.config.crls.map((name) => ({ name }));
  }

  /** Reads every list once; whether that succeeds or not, it goes on trying. */
  static async open(options: ListsOptions): Promise<RevocationLists> {
    const lists = new RevocationLists(options);
    await lists.refresh();
    return lists;
  }

  /** For the metrics: how long ago each list was made, and how many it names. */
  ages(): readonly { readonly list: string; readonly seconds: number; readonly entries: number }[] {
    const now = this.options.clock.now().getTime();
    return this.sources.flatMap(({ name, list }) => (list ? [{ list: name, seconds: (now - list.thisUpdate.getTime()) / 1000, entries: list.revoked.size }] : []));
  }

  judge({ certificate, intermediates }: PresentedChain): Verdict {
    let unknown: Verdict | undefined;
    const chain = [certificate, ...intermediates.map((der) => ({ der, thumbprint: certificateThumbprint(der) }))];
    for (const each of chain) {
      const one = this.judgeOne(each);
      if (one.verdict === 'revoked') return one;
      if (one.verdict === 'unknown') unknown = one;
    }
    return unknown ?? good;
  }

  async ready(): Promise<void> {
    const now = this.options.clock.now();
    if (this.sources.some(({ list }) => !list || list.nextUpdate < now)) throw new Error('a revocation list is missing or old');
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
  }

  private judgeOne(certificate: Identified): Verdict {
    const found = this.issuerOf(certificate);
    if (!found) return good;
    const { authority, serial } = found;
    const speaking = this.sources.filter(({ list }) => list?.authority.fingerprint256 === authority.fingerprint256);
    for (const { list } of speaking) {
      const reason = list?.revoked.get(serial);
      // On an old list, too: what was revoked stays refused.
      if (reason !== undefined) return { verdict: 'revoked', reason };
    }
    const now = this.options.clock.now();
    if (speaking.some(({ list }) => list && list.nextUpdate >= now)) return good;
    if (speaking.length > 0) return { verdict: 'unknown', why: 'the revocation list of its authority has passed its end' };
    // Whose a list is that never came cannot be told: it might be this authority's.
    return this.sources.some(({ list }) => !list) ? { verdict: 'unknown', why: 'a revocation list is missing' } : good;
  }

  /** Of certificates that no trusted authority issued itself, no list speaks. */
  private issuerOf({ der, thumbprint }: Identified): Issued | undefined {
    let known = this.issued.get(thumbprint);
    if (!known) {
      known = { by: findIssuer(der, this.options.authorities) };
      this.issued.set(thumbprint, known);
    }
    return known.by;
  }

  private async refresh(): Promise<void> {
    await Promise.all(this.sources.map((source) => this.refreshOne(source)));
    if (this.closed) return;
    const every = this.options.config.refreshSeconds * 1000;
    const wait = this.sources.every(({ list, failing }) => list && failing === undefined) ? every : Math.min(every, retryMs);
    this.timer = setTimeout(() => void this.refresh(), wait).unref();
  }

  private async refreshOne(source: Source): Promise<void> {
    const { read, authorities, clock, log } = this.options;
    try {
      const list = verifyCrl(await read(source.name), authorities, clock.now());
      if (source.list && list.thisUpdate < source.list.thisUpdate) throw new Error('the list is older than the one before');
      if (list.nextUpdate < clock.now()) throw new Error('the list has passed its end');
      source.list = list;
      if (source.failing !== undefined) log.info({ list: source.name }, 'the revocation list is there again');
      delete source.failing;
    } catch (err) {
      const why = (err as Error).message;
      if (source.failing !== why && !this.closed) log.warn({ err, list: source.name }, 'a revocation list could not be had');
      source.failing = why;
    }
  }
}

function findIssuer(der: Buffer, authorities: Authorities): Issued | undefined {
  const certificate = certificateOf(der);
  const authority = certificate && authorities.find((one) => one.fingerprint256 !== certificate.fingerprint256 && isIssuedBy(certificate, one));
  return authority && { authority, serial: serialText(certificate.serialNumber) };
}
