import { types } from 'node:util';
import { attackIds, attackOf, type AttackId } from '../model/attacks.js';
import type { ProbeResult, ReportedAttack, ThreatReport } from '../report/report.js';
import { matrixOf } from '../verdict.js';
import type { Probe } from './probe.js';
import { backchannelProbes } from './probes/backchannel.js';
import { codeProbes } from './probes/codes.js';
import { messageProbes } from './probes/messages.js';
import { networkProbes } from './probes/network.js';
import { paymentProbes } from './probes/payments.js';
import { raceProbes } from './probes/races.js';
import { requestProbes } from './probes/requests.js';
import { rogueProbes } from './probes/rogue.js';
import { siteProbes } from './probes/sites.js';
import { surroundingsProbes } from './probes/surroundings.js';
import { tokenProbes } from './probes/tokens.js';
import { NothingThere, Scene } from './scene.js';
import type { Target } from './target.js';
import { Wire, type Budget } from './wire.js';

/** Every probe, in the order they are run. */
export const probes: readonly Probe[] = [...requestProbes, ...codeProbes, ...tokenProbes, ...raceProbes, ...backchannelProbes, ...messageProbes, ...paymentProbes, ...rogueProbes, ...networkProbes, ...siteProbes, ...surroundingsProbes];

export interface AttackOptions {
  readonly budget: Budget;
  /** The target is not this machine, and may be attacked all the same. */
  readonly anywhere?: boolean;
  /** Lets time pass; resolves with false when that long is not wanted. */
  readonly wait?: (seconds: number) => Promise<boolean>;
  /** Seconds the target's clock is ahead of this one. */
  readonly ahead?: () => number;
  /** Only these probes, by id. */
  readonly only?: (probe: Probe) => boolean;
  readonly onProbe?: (result: ProbeResult) => void;
}

export const defaultBudget: Budget = { requests: 1500, seconds: 300 };

/** Mounts every probe on the target, one after the other. Rejects only when the target cannot be reached at all. */
export async function attack(target: Target, { budget, anywhere = false, wait = () => Promise.resolve(false), ahead = () => 0, only = () => true, onProbe = () => undefined }: AttackOptions): Promise<ThreatReport> {
  const hosts = new Set([target.issuer, ...[target.resource, target.payment?.url, target.payment?.seenAt, target.device?.url].filter((url) => url !== undefined), ...(target.sites ?? []).map(({ url }) => url)].map((url) => new URL(url).host));
  const wire = new Wire({ budget, authorities: target.authorities, anywhere, hosts });
  const discovered = await wire.send({ method: 'GET', url: `${target.issuer}/.well-known/openid-configuration`, headers: [['accept', 'application/json']] });
  if (discovered.json['issuer'] !== target.issuer) throw new Error(`${target.issuer} publishes no metadata of its own (${discovered.status})`);
  admit(hosts, discovered.json, new URL(target.issuer).hostname);
  const scene = new Scene(target, discovered.json, wire, wait, ahead);
  await scene.victim.prepare();
  const results = new Map<AttackId, ProbeResult[]>();
  for (const probe of probes.filter(only)) {
    const result = await mount(probe, scene);
    onProbe(result);
    results.set(probe.attack, [...(results.get(probe.attack) ?? []), result]);
  }
  const attacks = attackIds.map((id) => verdictOf(id, results.get(id) ?? [], target.permits ?? []));
  return { kind: 'attack', subject: target.issuer, at: new Date(), attacks, matrix: matrixOf(attacks), notes: [`${probes.length} probes, ${wire.sent} requests.`] };
}

/** Endpoints of the metadata, on the issuer's own host: a rogue document must not point the suite at somebody else. */
function admit(hosts: Set<string>, metadata: Readonly<Record<string, unknown>>, hostname: string): void {
  const aliases = (metadata['mtls_endpoint_aliases'] ?? {}) as Readonly<Record<string, unknown>>;
  for (const value of [...Object.values(metadata), ...Object.values(aliases)]) {
    if (typeof value !== 'string' || !URL.canParse(value)) continue;
    const url = new URL(value);
    if (url.hostname === hostname || url.hostname.endsWith(`.${hostname}`)) hosts.add(url.host);
  }
}

async function mount(probe: Probe, scene: Scene): Promise<ProbeResult> {
  const { id, says } = probe;
  const unfit = probe.unfit?.(scene);
  if (unfit !== undefined) return { probe: id, says, outcome: 'not-applicable', reason: unfit, evidence: [] };
  scene.wire.evidence();
  try {
    const { outcome, reason } = await probe.run(scene);
    if (outcome !== 'stopped') scene.forget();
    const through = outcome === 'succeeded' || outcome === 'residual';
    const evidence = scene.wire.evidence().map((one, index, all) => (through && index === all.length - 1 ? { ...one, outcome: 'let through' as const } : one));
    return { probe: id, says, outcome, reason, evidence };
  } catch (error) {
    scene.forget();
    if (!types.isNativeError(error)) throw error;
    return { probe: id, says, outcome: error instanceof NothingThere ? 'not-applicable' : 'inconclusive', reason: error.message, evidence: scene.wire.evidence() };
  }
}

/** Their residuals are seen, or are not there: all others stay, however well the probes went. */
const shownByProbes: readonly AttackId[] = ['TM-CA-02', 'TM-DPOP-02'];

/** What the probes say of one attack. Residuals of the specification stay, however well the probes went. */
function verdictOf(id: AttackId, results: readonly ProbeResult[], permits: readonly AttackId[]): ReportedAttack {
  const of = (outcome: ProbeResult['outcome']): readonly ProbeResult[] => results.filter((each) => each.outcome === outcome);
  const told = (some: readonly ProbeResult[]): string => some.map(({ probe, reason }) => `${probe}: ${reason}`).join('; ');
  const made = { id, probes: results };
  if (of('succeeded').length > 0 && permits.includes(id)) return { ...made, verdict: 'partial', reason: `the target’s own specification leaves it open: ${told(of('succeeded'))}` };
  if (of('succeeded').length > 0) return { ...made, verdict: 'violated', reason: told(of('succeeded')) };
  const { residual } = attackOf(id);
  if (of('residual').length > 0) return { ...made, verdict: 'partial', reason: `${residual ?? 'left open'} Seen here: ${told(of('residual'))}` };
  if (of('stopped').length > 0) {
    if (residual !== undefined && !shownByProbes.includes(id)) return { ...made, verdict: 'partial', reason: residual };
    const open = of('inconclusive');
    return { ...made, verdict: 'enforced', reason: `tried and stopped: ${told(of('stopped'))}${open.length > 0 ? `; not tried: ${told(open)}` : ''}` };
  }
  if (of('inconclusive').length > 0) return { ...made, verdict: 'unknown', reason: told(of('inconclusive')) };
  if (results.length > 0) return { ...made, verdict: 'not-applicable', reason: told(results) };
  return { ...made, verdict: 'unknown', reason: `nothing is sent for this: it is seen in ${attackOf(id).evidence.filter((one) => one !== 'probe').join(', ') || 'other tests'}` };
}
