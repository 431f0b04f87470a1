import type { AssentConfig } from '@assent/config';
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { readAuthorities } from '../client/demo-client.js';
import { FlowError } from '../flow/refusal.js';
import { join, type Joined } from './onboard.js';
import type { Tell } from './play.js';
import type { MarketIssuer } from './visit.js';

/** The demo's third parties in the markets: each joins when somebody first wants to see it, and stays for the life of the process. */
export class MarketParties {
  readonly #joined = new Map<string, Promise<Joined>>();

  constructor(
    private readonly config: AssentConfig,
    private readonly redirectUri: string,
  ) {}

  has({ name }: MarketIssuer): boolean {
    return this.#joined.has(name);
  }

  /** The third party at this issuer. Joining is told; one that failed is tried again the next time. */
  at(issuer: MarketIssuer, tell: Tell): Promise<Joined> {
    const known = this.#joined.get(issuer.name);
    if (known) return known;
    const joining = this.#join(issuer, tell);
    this.#joined.set(issuer.name, joining);
    joining.catch(() => this.#joined.delete(issuer.name));
    return joining;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#joined.values()].map((joined) => joined.then(({ close }) => close(), () => undefined))); // prettier-ignore
  }

  async #join({ issuer, market }: MarketIssuer, tell: Tell): Promise<Joined> {
    const { directory, dataFolder } = this.config;
    if (!directory) throw new FlowError('Third parties join a market through its directory, and none is configured.');
    const adminToken = await readFile(joinPath(dataFolder, 'directory', 'admin-token'), 'utf8').catch(() => {
      throw new FlowError('The directory’s administrator token is not in the data folder: the demo cannot create organisations.');
    });
    return join({
      market,
      issuer,
      directory: { url: directory.publicUrl, adminToken: adminToken.trim() },
      organisation: { legalName: 'Tally Software Ltd', country: 'GB', registerNumber: `D${String(randomInt(1e9)).padStart(9, '0')}` },
      software: { name: 'Tally Budget', redirectUris: [this.redirectUri] },
      authorities: await readAuthorities(this.config),
      tell,
    });
  }
}
