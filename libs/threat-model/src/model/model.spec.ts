import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { issuerProfiles, profileNamed, type Policy } from '@assent/profiles';
import { alternatives, attackerIds, attackerNamed, attackers, attackIds, attackOf, attacksAgainst, controlIds, controlledRules, controlOf, goalIds, refusalOf, removedAttackers, type ControlId } from '../index.js';

const root = new URL('../../../../', import.meta.url).pathname;

/** Every TypeScript file below `folders`, with its text. */
function sources(...folders: readonly string[]): readonly { readonly file: string; readonly text: string }[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(root, folder)).flatMap((name) => {
      const path = join(folder, name);
      if (statSync(join(root, path)).isDirectory()) return ['node_modules', 'dist'].includes(name) ? [] : walk(path);
      return /\.tsx?$/.test(name) ? [path] : [];
    });
  return folders.flatMap(walk).map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
}

const files = sources('apps', 'libs', 'flows');
const isTest = (file: string): boolean => /\.spec\.tsx?$|\.fixtures\.ts$|^flows\//.test(file);
const own = (file: string): boolean => file.startsWith('libs/threat-model/');
const inCode = new Set(files.filter(({ file }) => !isTest(file) && !own(file)).flatMap(({ text }) => [...text.matchAll(/'([A-Z][A-Z0-9]*(?:-[A-Z]+)?-\d+)'/g)].map(([, id]) => id!)));
const inTests = files.filter(({ file }) => isTest(file) && !own(file)).map(({ text }) => text).join('\n'); // prettier-ignore
const inside = controlIds.filter((id) => controlOf(id).outside === undefined);

describe('the model is complete', () => {
  it('every attacker attacks something, and every goal is attacked', () => {
    expect(attackerIds).toEqual(['A1', 'A1a', 'A2', 'A3a', 'A4', 'A5']);
    expect(attackerIds.filter((id) => !attackIds.some((attack) => attackOf(attack).attackers.includes(id)))).toEqual([]);
    expect(goalIds.filter((id) => !attackIds.some((attack) => attackOf(attack).goals.includes(id)))).toEqual([]);
  });

  it('every attack has attackers, goals, a clause, evidence, and something that stops it or is assumed to', () => {
    for (const id of attackIds) {
      const { attackers: by, goals, clause, evidence, stoppedBy } = attackOf(id);
      expect(id).toMatch(/^TM-[A-Z]+-\d\d$/);
      expect({ id, empty: [by, goals, evidence, stoppedBy].some((list) => list.length === 0) || clause === '' }).toEqual({ id, empty: false });
      for (const stop of stoppedBy) for (const control of alternatives(stop)) expect({ id, control, outside: controlOf(control).outside }).toEqual({ id, control, outside: undefined });
    }
  });

  it('knows the older numbers, and who was removed', () => {
    expect([attackerNamed('A7', 'analysis'), attackerNamed('A5', 'analysis'), attackerNamed('A3a', 'analysis'), attackerNamed('A8', 'analysis')]).toEqual(['A5', 'A4', 'A3a', undefined]);
    expect([attackerNamed('A5'), attackerNamed('A3b'), attackerNamed('A8')]).toEqual(['A5', undefined, undefined]);
    expect(Object.keys(removedAttackers)).toEqual(['A3b', 'A8']);
    expect(attackers.A4.status).toBe('informative');
  });

  it('residuals are those of the specification', () => {
    expect(attackIds.filter((id) => attackOf(id).residual !== undefined).sort()).toEqual(['TM-BRS-01', 'TM-CA-02', 'TM-DPOP-02', 'TM-PAR-05', 'TM-TOK-05']);
  });

  it('every rule of a profile names attackers the model knows', () => {
    for (const name of issuerProfiles) {
      for (const { id, stops } of profileNamed(name).rules) {
        expect({ id, unknown: stops.filter((one) => attackerNamed(one) === undefined && !(one in removedAttackers)) }).toEqual({ id, unknown: [] });
      }
    }
  });
});

describe('every control', () => {
  it.each(controlIds)('%s stops something', (id) => expect(attacksAgainst(id)).not.toEqual([]));

  it.each(inside)('%s is enforced where it says', (id) => {
    const { rules = {}, policy = [], files: named = [] } = controlOf(id);
    expect(Object.keys(rules).length + named.length + policy.length).toBeGreaterThan(0);
    expect(Object.keys(rules).filter((rule) => !inCode.has(rule))).toEqual([]);
    expect(named.filter((file) => !files.some((known) => known.file === file))).toEqual([]);
    const known = Object.keys(profileNamed(issuerProfiles[0]!).policy);
    expect(policy.filter((key: keyof Policy) => !known.includes(key))).toEqual([]);
  });

  it.each(inside.filter((id) => controlOf(id).rules !== undefined))('%s is seen refusing in a test', (id: ControlId) => {
    const { rules = {}, tests = [] } = controlOf(id);
    expect(tests.filter((file) => !files.some((known) => known.file === file))).toEqual([]);
    expect([...tests, ...Object.keys(rules).filter((rule) => inTests.includes(rule))]).not.toEqual([]);
  });

  it('outside the code says why', () => {
    for (const id of controlIds) {
      const { outside, rules, files: named, policy } = controlOf(id);
      if (outside !== undefined) expect([outside.length > 20, rules, named, policy]).toEqual([true, undefined, undefined, undefined]);
    }
  });
});

describe('the table of refusals', () => {
  it('names each rule once, with an attack the model has', () => {
    expect(new Set(controlledRules).size).toBe(controlledRules.length);
    for (const rule of controlledRules) expect(attackIds).toContain(refusalOf(rule)?.attack);
    expect(refusalOf('F2-AZ-15')).toEqual({ control: 'request-uri-of-its-client', attack: 'TM-PAR-03' });
    expect([refusalOf('ASSENT-FORM-01'), refusalOf(undefined)]).toEqual([undefined, undefined]);
  });

  it('leaves out no rule of the requirements that keep attackers away', () => {
    const ofSecurity = /^(F2|MS|AT)-[A-Z]+-\d+$/;
    // Form of messages, and what the specification asks of clients that mean well.
    const plain = ['F2-AZ-18', 'F2-AZ-21', 'F2-AZ-25'];
    expect([...inCode].filter((rule) => ofSecurity.test(rule) && refusalOf(rule) === undefined && !plain.includes(rule)).sort()).toEqual([]);
  });
});
