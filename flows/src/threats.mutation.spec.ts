import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { controlIds, controlOf, type ControlId, type Kill, type KillField, type KillTable } from '@assent/threat-model';
import { probes } from '@assent/threat-model/attack';
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

/** A statement, a patch, two that do the same work; and in the other fields a refusal each. */
const few = ['pkce-verified+code-of-its-client', 'own-way-back', 'no-downgrade', 'signed-messages', 'backchannel-context'];

async function takeOut(sets: readonly string[]): Promise<KillTable> {
  const folder = await mkdtemp(join(tmpdir(), 'assent-mutation-'));
  try {
    const [out, mutation] = [join(folder, 'kills.json'), join(root, 'flows/dist/mutation')];
    await new Promise<void>((resolve, reject) => execFile(process.execPath, ['--import', join(mutation, 'register.js'), join(mutation, 'run.js'), out, ...sets], { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } }, (error) => (error ? reject(error) : resolve())));
    return JSON.parse(await readFile(out, 'utf8')) as KillTable;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const nameOf = ({ at, without }: Kill): string => `${at} without ${without.join('+') || 'nothing'}`;

describe('the suite can fail', () => {
  it('where controls are taken out, and in exactly the attacks that rest on them', async () => {
    const { kills, fields } = await takeOut(full ? [] : few);
    expect(kills.length).toBe(full ? kept.kills.length : fields.length + few.length);
    for (const kill of kills) expect([nameOf(kill), kill.succeeded]).toEqual([nameOf(kill), kill.expected]);
    expect(kills).toEqual(kept.kills.filter((one) => kills.some((kill) => nameOf(kill) === nameOf(one))));
    expect(fields).toEqual(kept.fields);
  }, 1_500_000);
});

describe('docs/threat-model.kills.json', () => {
  const { fields, kills } = kept;
  const fieldAt = (name: string): KillField => fields.find((field) => field.name === name)!;
  const without = kills.filter((kill) => kill.without.length > 0);

  it('has a row for every set that matters (node --import …/register.js …/run.js writes it anew)', () => {
    fields.forEach((field, index) => expect(without.filter(({ at }) => at === field.name).map((kill) => kill.without)).toEqual(setsOf(field, fields.slice(0, index))));
    for (const kill of without) expect(kill).toEqual({ at: kill.at, without: kill.without, absent: absentBeside(kill.without, fieldAt(kill.at)), succeeded: kill.expected, expected: expectedOf(kill.without, fieldAt(kill.at)) });
  });

  it('every probe has something to attack in one of the fields, and is stopped there', () => {
    const nowhere = probes.filter(({ id }) => !fields.some(({ stopped }) => stopped.includes(id)));
    // Browsers are told nothing for good about this machine's own name.
    expect(nowhere.map(({ id }) => id)).toEqual(['NET-01/not-for-good']);
  });

  it('every control stands in at least one set that an attack gets through', () => {
    const seen = new Set(without.filter(({ succeeded }) => succeeded.length > 0).flatMap((kill) => [...kill.without, ...kill.absent]));
    expect(controlIds.filter((id) => controlOf(id).outside === undefined && !seen.has(id))).toEqual([]);
  });

  it('begins each field with nothing taken out, and nothing succeeding', () => {
    for (const { name } of fields) expect(kills.find(({ at }) => at === name)).toEqual({ at: name, without: [], absent: [], succeeded: [], expected: [] });
  });

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
