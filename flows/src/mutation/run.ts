import { auditAttacks, controlIds, stateOf, type AttackId, type ControlId, type Kill, type KillField, type KillTable, type ThreatReport } from '@assent/threat-model';
import { attack, type AttackOptions, type Probe } from '@assent/threat-model/attack';
import { writeFileSync } from 'node:fs';
import { absentBeside, expectedOf, setsOf, stoppedIn } from './kills.js';
import { Switches } from './switches.js';
import { fieldNames, fields, openWorld, type FieldName, type World } from './world.js';

/*
 * `node --import …/register.js …/run.js OUT [SET…]`: takes every set of controls out in turn, attacks, and writes what
 * then succeeded as JSON. With sets, as `control+control`: only these, and only where they matter.
 */

const [out = 'kills.json', ...named] = process.argv.slice(2);
const budget = { requests: 3000, seconds: 300 };
const switches = new Switches();
switches.install();

/** Decided when a configuration is read, or a listener opens: these take a world of their own, and only their probes are sent. */
const atStart: { readonly [K in ControlId]?: (probe: Probe) => boolean } = {
  'tls-only': ({ attack: id }) => id.startsWith('TM-NET'),
  'client-id-of-its-kind': ({ attack: id }) => id === 'TM-ID-01',
};

async function attackWithout({ stack, target }: World, field: FieldName, without: readonly ControlId[]): Promise<ThreatReport> {
  const { policy } = stack.as.engine.issuers.get(field)!;
  // Every run tries passwords; the brake is on the address too.
  await stack.database.pool.query('DELETE FROM assent.login_throttle');
  let ahead = 0;
  const moveTo = (seconds: number): void => {
    stack.advance(seconds - ahead);
    ahead = seconds;
  };
  const wait = async (seconds: number): Promise<boolean> => {
    moveTo(ahead + seconds);
    return true;
  };
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  // The target is looked at while all is well: what is taken out later is the attacker's luck.
  const only = (): boolean => (begin(), true);
  const switched = begun.then(() => switches.without(without, policy as never, () => ended));
  const options: AttackOptions = { budget, wait, ahead: () => ahead, only, onProbe: () => moveTo(0) };
  try {
    return await attack(target(field), options);
  } finally {
    begin();
    end();
    await switched;
    moveTo(0);
  }
}

/** A world in which the control was missing from the start. */
async function inOwnWorld(without: readonly ControlId[], only: (probe: Probe) => boolean): Promise<ThreatReport> {
  let report: ThreatReport | undefined;
  await switches.without(without, {} as never, async () => {
    const namesake = without.includes('client-id-of-its-kind');
    const own = await openWorld({ namesake });
    try {
      report = await attack(namesake ? own.staffTarget() : own.target('fapi2'), { budget, only });
    } finally {
      await own.stop();
    }
  });
  return report!;
}

const succeededIn = ({ attacks }: ThreatReport): readonly AttackId[] => attacks.filter(({ verdict }) => verdict === 'violated').map(({ id }) => id);

async function fieldOf(world: World, name: FieldName): Promise<KillField & { readonly report: ThreatReport }> {
  const { config } = world.stack;
  const issuer = config.issuers.find((one) => one.name === name)!;
  if (auditAttacks(config, issuer).some(({ verdict }) => verdict === 'violated')) throw new Error(`the good configuration of ${name} is not good`);
  const absent = controlIds.filter((control) => stateOf(control, { deployment: config, issuer }).state !== 'on');
  const report = await attackWithout(world, name, []);
  return { name, says: fields[name], absent, stopped: stoppedIn(report), report };
}

async function main(): Promise<void> {
  const world = await openWorld();
  const found: KillField[] = [];
  const kills: Kill[] = [];
  try {
    for (const name of fieldNames) {
      const { report, ...field } = await fieldOf(world, name);
      tellOf('nothing', name, report, []);
      kills.push({ at: name, without: [], absent: [], succeeded: succeededIn(report), expected: [] });
      for (const without of setsOf(field, found).filter((set) => named.length === 0 || named.includes(set.join('+')))) {
        const own = without.map((control) => atStart[control]).find((one) => one !== undefined);
        const taken = own ? await inOwnWorld(without, own) : await attackWithout(world, name, without);
        const kill: Kill = { at: name, without, absent: absentBeside(without, field), succeeded: succeededIn(taken), expected: expectedOf(without, field) };
        kills.push(kill);
        tellOf(without.join(' + '), name, taken, kill.expected);
      }
      found.push(field);
    }
  } finally {
    await world.stop();
  }
  const table: KillTable = { fields: found, kills };
  writeFileSync(out, `${JSON.stringify(table, undefined, 1)}\n`);
}

/** What happened, and why not where it should have. */
function tellOf(without: string, at: string, report: ThreatReport, expected: readonly AttackId[]): void {
  const succeeded = succeededIn(report);
  const missed = expected.filter((id) => !succeeded.includes(id));
  const odd = report.attacks.filter(({ id, verdict }) => missed.includes(id) || verdict === 'unknown' || (verdict === 'violated' && !expected.includes(id)));
  const told = odd.flatMap(({ probes = [] }) => probes.map(({ probe, outcome, reason }) => `${probe}: ${outcome}: ${reason}`));
  console.error(`${at} without ${without}: ${succeeded.join(', ') || 'nothing'}${told.length > 0 ? ` (not as expected: ${told.join(' | ')})` : ''}`);
}

await main();
