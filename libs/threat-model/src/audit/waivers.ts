import type { AttackId } from '../model/attacks.js';
import { violations } from './audit.js';
import type { DeploymentFacts } from './facts.js';

/** The operator knows that an attack succeeds, says why that is so, and until when. */
export interface ThreatWaiver {
  readonly attack: AttackId;
  /** Of one issuer, by name; of all when absent. */
  readonly issuer?: string | undefined;
  readonly reason: string;
  /** The last day it counts, as `2027-03-31`. */
  readonly expires: string;
}

/** An attack that succeeds at an issuer, and that nobody waived. */
export interface UnwaivedViolation {
  readonly issuer: string;
  readonly attack: AttackId;
  readonly reason: string;
  /** The waiver there was, had it not run out. */
  readonly expired?: ThreatWaiver;
}

export interface JudgedWaivers {
  readonly unwaived: readonly UnwaivedViolation[];
  /** Waivers that waive nothing: what they were for is gone. */
  readonly unused: readonly ThreatWaiver[];
}

/** Which violations no waiver covers today. */
export function judgeWaivers(deployment: DeploymentFacts, waivers: readonly ThreatWaiver[], now: Date): JudgedWaivers {
  const used = new Set<ThreatWaiver>();
  const unwaived: UnwaivedViolation[] = [];
  for (const issuer of deployment.issuers) {
    for (const { id, reason } of violations(deployment, issuer)) {
      const fitting = waivers.filter((each) => each.attack === id && (each.issuer === undefined || each.issuer === issuer.name));
      for (const each of fitting) used.add(each);
      if (fitting.some((each) => isGood(each, now))) continue;
      unwaived.push({ issuer: issuer.name, attack: id, reason, ...(fitting[0] ? { expired: fitting[0] } : {}) });
    }
  }
  return { unwaived, unused: waivers.filter((each) => !used.has(each)) };
}

/** To the end of the day, wherever one is. */
const isGood = ({ expires }: ThreatWaiver, now: Date): boolean => now.toISOString().slice(0, 10) <= expires;
