import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { controlIds, type ControlId, type KillTable } from '@assent/threat-model';
import { absentBeside, expectedOf, setsOf } from './mutation/kills.js';
import { patches } from './mutation/patches.js';

/*
 * The attack suite against servers with controls taken out: it must then succeed, and only there. The whole run is long;
 * every run of the tests takes a few sets out, `npm run test:full` all of them. What the whole run found is kept in
 * docs/threat-model.kills.json, and told in docs/threat-model.md.
 */

const root = fileURLToPath(new URL('../../', import.meta.url));
const kept = JSON.parse(readFileSync(join(root, 'docs/threat-model.kills.json'), 'utf8')) as KillTable;
const full = process.env['ASSENT_TEST_FULL'] !== undefined;

/** Refusals, a statement, a patch, a value of the profile, and two that do the same work. */
const few: readonly ControlId[] = ['request-uri-of-its-client', 'pkce-verified', 'code-of-its-client', 'no-downgrade', 'token-short'];

async function takeOut(controls: readonly ControlId[]): Promise<KillTable> {
  const folder = await mkdtemp(join(tmpdir(), 'assent-mutation-'));
  try {
    const [out, mutation] = [join(folder, 'kills.json'), join(root, 'flows/dist/mutation')];
    await new Promise<void>((resolve, reject) => execFile(process.execPath, ['--import', join(mutation, 'register.js'), join(mutation, 'run.js'), out, ...controls], { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } }, (error) => (error ? reject(error) : resolve())));
    return JSON.parse(await readFile(out, 'utf8')) as KillTable;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the suite can fail', () => {
  it('where controls are taken out, and in exactly the attacks that rest on them', async () => {
    const { kills, absent } = await takeOut(full ? [] : few);
    expect(kills.length).toBeGreaterThan(full ? kept.kills.length - 1 : few.length);
    for (const { without, succeeded, expected } of kills) expect({ without, succeeded }).toEqual({ without, succeeded: expected });
    expect(kills).toEqual(kept.kills.filter(({ without }) => kills.some((kill) => kill.without.join() === without.join())));
    expect(absent).toEqual(kept.absent);
  }, 900_000);
});

describe('docs/threat-model.kills.json', () => {
  const absent = new Set(kept.absent);
  const without = kept.kills.filter((kill) => kill.without.length > 0);

  it('has a row for every set that matters (node --import …/register.js …/run.js writes it anew)', () => {
    expect(without.map((kill) => kill.without)).toEqual(setsOf(absent));
    for (const kill of without) expect(kill).toEqual({ without: kill.without, absent: absentBeside(kill.without, absent), succeeded: kill.expected, expected: expectedOf(kill.without, absent) });
  });

  it('begins with nothing taken out, and nothing succeeding', () => expect(kept.kills[0]).toEqual({ without: [], absent: [], succeeded: [], expected: [] }));

  it('every set lets something through, and every patch is used', () => {
    for (const { succeeded } of without) expect(succeeded).not.toEqual([]);
    const taken = new Set(without.flatMap((kill) => kill.without));
    expect(patches.filter(({ control }) => !taken.has(control as ControlId))).toEqual([]);
    expect([...taken].filter((control) => !controlIds.includes(control))).toEqual([]);
  });
});

describe('the switch', () => {
  it('is in nothing that is built for production', () => {
    const walk = (folder: string): string[] => readdirSync(folder).flatMap((name) => (statSync(join(folder, name)).isDirectory() ? (name === 'node_modules' ? [] : walk(join(folder, name))) : [join(folder, name)]));
    const built = ['libs', 'apps', 'tools'].flatMap((folder) => walk(join(root, folder))).filter((file) => /\.(js|mjs|ts)$/.test(file));
    expect(built.length).toBeGreaterThan(500);
    expect(built.filter((file) => readFileSync(file, 'utf8').includes('assentSwitches'))).toEqual([]);
  });
});
