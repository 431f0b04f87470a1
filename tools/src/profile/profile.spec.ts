import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { markets } from '@assent/markets';
import { explainProfile, issuerProfiles, profileNamed } from '@assent/profiles';
import { root } from '../launch/command.js';
import { told } from './told.js';

const execute = promisify(execFile);

describe('where a profile says it is enforced', () => {
  it('the value is really looked at', async () => {
    const wrong: string[] = [];
    for (const { key, enforced } of explainProfile(profileNamed('fapi2-security')).values) {
      for (const file of enforced) {
        const source = await readFile(join(root, file), 'utf8').catch(() => '');
        if (!new RegExp(`\\b${key}\\b`).test(source)) wrong.push(`${key}: ${file}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('the rule is really asked', async () => {
    for (const { at, enforced } of explainProfile(profileNamed('fapi2-security')).rules) {
      expect([at, await readFile(join(root, enforced), 'utf8')]).toEqual([at, expect.stringMatching(new RegExp(`enforce\\(.*'${at}'`))]);
    }
  });
});

describe('told', () => {
  it.each([
    [['PS256', 'ES256'], 'PS256\nES256'],
    [[], '(none)'],
    [['jwt', ''], 'jwt\n(none named)'],
    [true, 'yes'],
    [false, 'no'],
    [60, '60'],
  ])('%j', (value, text) => expect(told(value)).toBe(text));
});

describe('npm run profile', () => {
  const profile = (...args: string[]) => execute(process.execPath, [join(root, 'tools/run.mjs'), 'profile', ...args], { cwd: root });

  it('lists, explains and compares', async () => {
    const { stdout: listed } = await profile('list');
    for (const name of issuerProfiles) expect(listed).toContain(name);
    const { stdout: explained } = await profile('explain', 'fapi2-security');
    expect(explained).toMatch(/F2-AZ-03/);
    expect(explained).toMatch(/FAPI 2\.0 SP 5\.3\.2\.2-3/);
    // No path or value is cut off.
    for (const name of ['fapi1-advanced', 'fapi2-ciba']) expect((await profile('explain', name)).stdout).not.toContain('…');
    const { stdout: compared } = await profile('diff', 'fapi2-security', 'fapi2-message-signing', '--json');
    expect(JSON.parse(compared)).toMatchObject({ left: 'fapi2-security', right: 'fapi2-message-signing' });
  }, 60_000);

  it('lists, explains and compares markets', async () => {
    const { stdout: listed } = await profile('list');
    for (const { name, title } of markets) expect([listed.includes(`│ ${name} `), listed.includes(title)]).toEqual([true, true]);
    for (const { name, unverified } of markets) {
      const { stdout } = await profile('explain', name);
      expect(stdout).not.toContain('…');
      for (const one of unverified) expect(stdout).toContain(`  - ${one}`);
    }
    const explained = JSON.parse((await profile('explain', 'uk', '--json')).stdout) as { market: { routes: unknown[]; details: { permissions: { name: string }[] }[] } };
    expect(explained.market.routes).toContainEqual(expect.objectContaining({ address: expect.stringMatching(/^POST .*\/account-access-consents$/), token: 'the client’s own: accounts', clause: expect.any(String) }));
    expect(explained.market.details[0]!.permissions.map(({ name }) => name)).toContain('ReadAccountsBasic');
    const { stdout: compared } = await profile('diff', 'ksa-v1', 'ksa');
    expect(compared).toMatch(/ASSENT-KSA-03/);
  }, 120_000);

  it('tells what stands in the way of a market, by its exit code too', async () => {
    const refused = await profile('lint', '--issuer', 'fapi1-advanced', '--market', 'uk', '--json').catch((error: unknown) => error as { code: number; stdout: string });
    const report = JSON.parse(refused.stdout) as { passes: boolean; reasons: { rule: string }[] };
    expect([(refused as { code?: number }).code, report.passes, report.reasons.map(({ rule }) => rule)]).toEqual([1, false, expect.arrayContaining(['ASSENT-ML-01', 'ASSENT-ML-17'])]);
    const unknown = await profile('lint', '--issuer', 'fapi2').catch((error: unknown) => error as { code: number; stderr: string });
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringMatching(/^fapi2 is part of no market: name one by --market \(uk, /) });
  }, 60_000);

  it('says which profiles there are when it is asked for another', async () => {
    const refused = await profile('explain', 'fapi3').catch((error: unknown) => error as { code: number; stderr: string });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/no profile is named fapi3; there are oauth, fapi2-security/) });
  }, 60_000);
});
