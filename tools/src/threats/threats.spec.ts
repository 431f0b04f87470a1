import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { markets } from '@assent/markets';
import { attackIds, htmlReport, junitReport, matrixOf, sarifReport, withModel, type KillTable, type ThreatReport } from '@assent/threat-model';
import { root } from '../launch/command.js';
import { tableReport } from './table.js';

const execute = promisify(execFile);

const attacks = attackIds.map((id, index) => ({ id, verdict: (['enforced', 'partial', 'violated', 'not-applicable', 'unknown'] as const)[index % 5]!, reason: `because <${index}> & "so"` }));
const report: ThreatReport = { kind: 'audit', subject: 'https://bank.example/fapi2', profile: 'a-profile', at: new Date('2026-11-25T12:00:00Z'), attacks, matrix: matrixOf(attacks), notes: ['a <note>'] };

describe('reports', () => {
  it('as a page: every attack, nothing unescaped, nothing from elsewhere', () => {
    const html = htmlReport([report]);
    for (const { id } of attacks) expect(html).toContain(`<code>${id}</code>`);
    expect(html).not.toMatch(/<\d+>|<note>|<script|<link|<img|src=|url\(/);
    expect(html).toContain("default-src 'none'");
  });

  it('as SARIF: levels that a viewer understands', () => {
    const { runs } = sarifReport([report], 'config/x.yaml') as { runs: { results: { ruleId: string; level: string; kind: string }[] }[] };
    expect(runs[0]!.results.length).toBe(attackIds.length);
    expect(runs[0]!.results.slice(0, 5).map(({ level, kind }) => [kind, level])).toEqual([['pass', 'none'], ['review', 'note'], ['fail', 'error'], ['notApplicable', 'none'], ['open', 'warning']]);
    expect(runs[0]!.results.every(({ kind, level }) => kind === 'fail' || kind === 'open' || kind === 'review' || level === 'none')).toBe(true);
  });

  it('as JUnit: what succeeds is a failure', () => {
    const xml = junitReport([report]);
    expect(xml.match(/<failure /g)).toHaveLength(attacks.filter(({ verdict }) => verdict === 'violated').length);
    expect(xml.match(/<testcase /g)).toHaveLength(attackIds.length);
    expect(xml).toContain('because &lt;0&gt; &amp; &quot;so&quot;');
  });

  it('as a table: what is not simply stopped', () => {
    const table = tableReport(report, false);
    expect(table).not.toContain('\u001b');
    for (const { id, verdict } of attacks) expect(table.includes(`│ ${id} `)).toBe(verdict !== 'enforced' && verdict !== 'not-applicable');
  });
});

describe('docs/threat-model.md', () => {
  it('is what the model says (npm run threats -- document writes it anew)', () => {
    const document = readFileSync(join(root, 'docs/threat-model.md'), 'utf8');
    const kills = JSON.parse(readFileSync(join(root, 'docs/threat-model.kills.json'), 'utf8')) as KillTable;
    expect(document).toBe(withModel(document, kills));
    expect(document).not.toMatch(/\| unknown/);
  });
});

describe('npm run threats -- audit', () => {
  const threats = (...args: string[]) => execute(process.execPath, [join(root, 'tools/run.mjs'), 'threats', ...args], { cwd: root }).catch((error: unknown) => error as { code: number; stdout: string; stderr: string });

  it('tells of every issuer of the local stack, or of one', async () => {
    const { stdout } = await threats('audit', '--format', 'json');
    const reports = JSON.parse(stdout) as ThreatReport[];
    expect(reports.map(({ subject }) => subject)).toContain('https://localhost:9443/fapi2');
    // Whoever registers in a market is judged by the least it asks.
    for (const { name } of markets) {
      const report = reports.find(({ subject }) => subject === `https://localhost:9443/${name}`);
      expect([name, report?.attacks.filter(({ verdict }) => verdict === 'violated' || verdict === 'unknown'), report?.attacks.find(({ id }) => id === 'TM-CODE-01')?.verdict]).toEqual([name, [], 'enforced']);
    }
    for (const { attacks: all } of reports) expect(all.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
    const one = await threats('audit', '--issuer', 'fapi2');
    expect(one).not.toHaveProperty('code');
    expect(one.stdout).toMatch(/^https:\/\/localhost:9443\/fapi2 \(fapi2-security\): \d+ attacks: \d+ enforced, 4 partial, 0 violated, 0 unknown/);
  }, 60_000);

  it('ends with 1 where an attack succeeds, also in production', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assent-threats-'));
    try {
      const [config, output] = [join(folder, 'x.yaml'), join(folder, 'x.html')];
      const example = await readFile(join(root, 'config/production.example.yaml'), 'utf8');
      await writeFile(config, example.replace('profile: fapi2-security', 'profile: fapi1-baseline').replace('        dpop_bound_access_tokens: true\n', ''));
      const env = { ...process.env, DATABASE_URL: 'postgres://db.internal/assent', ASSENT_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') };
      const ended = await execute(process.execPath, [join(root, 'tools/run.mjs'), 'threats', 'audit', '-c', config, '-f', 'html', '-o', output], { cwd: root, env }).catch((error: unknown) => error as { code: number });
      expect(ended).toMatchObject({ code: 1 });
      expect(await readFile(output, 'utf8')).toContain('bearer tokens are allowed');
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);
});
