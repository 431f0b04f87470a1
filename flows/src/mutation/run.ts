import { auditAttacks, controlIds, stateOf, type AttackId, type ControlId, type Kill, type KillTable, type ThreatReport } from '@assent/threat-model';
import { attack, defaultBudget } from '@assent/threat-model/attack';
import { writeFileSync } from 'node:fs';
import { startStack, type Stack } from '../support/stack.js';
import { targetOf } from '../support/threat-target.js';
import { absentBeside, expectedOf, setsOf } from './kills.js';
import { Switches } from './switches.js';

/*
 * `node --import …/register.js …/run.js OUT [CONTROL…]`: takes every set of controls out in turn, attacks, and writes
 * what then succeeded as JSON. With names: only the sets of which all are among them.
 */

const [out = 'kills.json', ...named] = process.argv.slice(2);
const switches = new Switches();
switches.install();

/** Made when a listener opens: these take a stack of their own. */
const atStart: readonly ControlId[] = ['tls-only'];

const openStack = (): Promise<Stack> =>
  startStack({
    clients: [{ id: 'jwt-dpop', auth: 'private_key_jwt', constraint: 'dpop' }, { id: 'other', auth: 'private_key_jwt', constraint: 'dpop' }],
    authorizationServer: { loginThrottle: { attempts: 5 } },
  });

async function attackWithout(stack: Stack, without: readonly ControlId[]): Promise<ThreatReport> {
  const { policy } = stack.as.engine.issuers.get('fapi2')!;
  // Every run tries passwords; the brake is on the address too.
  await stack.database.pool.query('DELETE FROM assent.login_throttle');
  let ahead = 0;
  const wait = async (seconds: number): Promise<boolean> => {
    ahead += seconds;
    stack.advance(seconds);
    return true;
  };
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  // The target is looked at while all is well: what is taken out later is the attacker's luck.
  const only = (): boolean => (begin(), true);
  const switched = begun.then(() => switches.without(without, policy as never, () => ended));
  try {
    return await attack(targetOf(stack, { clients: ['jwt-dpop', 'other'] }), { budget: defaultBudget, wait, ahead: () => ahead, only });
  } finally {
    begin();
    end();
    await switched;
    stack.advance(-ahead);
  }
}

const succeededIn = ({ attacks }: ThreatReport): readonly AttackId[] => attacks.filter(({ verdict }) => verdict === 'violated').map(({ id }) => id);

async function main(): Promise<void> {
  const stack = await openStack();
  const kills: Kill[] = [];
  let absent: readonly ControlId[] = [];
  try {
    const { config } = stack;
    const [issuer] = config.issuers;
    const offAnyway = new Set(controlIds.filter((control) => stateOf(control, { deployment: config, issuer: issuer! }).state !== 'on'));
    if (auditAttacks(config, issuer!).some(({ verdict }) => verdict === 'violated')) throw new Error('the good configuration is not good');
    absent = [...offAnyway];
    const sets = setsOf(offAnyway).filter((set) => named.length === 0 || set.every((control) => named.includes(control)));
    kills.push({ without: [], absent: [], succeeded: succeededIn(await attackWithout(stack, [])), expected: [] });
    for (const without of sets) {
      const report = without.some((control) => atStart.includes(control)) ? await onOwnStack(without) : await attackWithout(stack, without);
      const kill: Kill = { without, absent: absentBeside(without, offAnyway), succeeded: succeededIn(report), expected: expectedOf(without, offAnyway) };
      kills.push(kill);
      const missed = kill.expected.filter((id) => !kill.succeeded.includes(id));
      const told = report.attacks.filter(({ id }) => missed.includes(id)).flatMap(({ probes = [] }) => probes.map(({ probe, outcome, reason }) => `${probe}: ${outcome}: ${reason}`));
      console.error(`${without.join(' + ')}: ${kill.succeeded.join(', ') || 'nothing'}${missed.length > 0 ? ` (not ${missed.join(', ')}: ${told.join(' | ')})` : ''}`);
    }
  } finally {
    await stack.stop();
  }
  const table: KillTable = { absent, kills };
  writeFileSync(out, `${JSON.stringify(table, undefined, 1)}\n`);
}

async function onOwnStack(without: readonly ControlId[]): Promise<ThreatReport> {
  let report: ThreatReport | undefined;
  await switches.without(without, {} as never, async () => {
    const own = await openStack();
    try {
      report = await attack(targetOf(own, { clients: ['jwt-dpop', 'other'] }), { budget: defaultBudget, only: ({ attack: id }) => id.startsWith('TM-NET') });
    } finally {
      await own.stop();
    }
  });
  return report!;
}

await main();
