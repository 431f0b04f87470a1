import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/* `npx nx g market <name>`, in a copy of the workspace as a fresh clone has it: made, compiled, tested and linted. */

const here = fileURLToPath(new URL('../../', import.meta.url));
const left = new Set(['node_modules', 'dist', '.git', '.nx', '.assent', 'coverage']);

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(await realpath(tmpdir()), 'assent-markets-'));
  await cp(here, root, { recursive: true, filter: (path) => path === here || !left.has(basename(path)) });
  await linkPackages();
}, 60_000);
afterAll(() => rm(root, { recursive: true, force: true }));

/** The packages that are installed; those of the workspace are those of the copy. */
async function linkPackages(): Promise<void> {
  const [from, to] = [join(here, 'node_modules'), join(root, 'node_modules')];
  await mkdir(join(to, '@assent'), { recursive: true });
  for (const name of await readdir(from)) if (name !== '@assent' && !name.startsWith('.package-lock')) await symlink(join(from, name), join(to, name));
  for (const name of await readdir(join(from, '@assent'))) await symlink(await realpathIn(join(from, '@assent', name)), join(to, '@assent', name));
}

const realpathIn = async (link: string): Promise<string> => join(root, (await realpath(link)).slice((await realpath(here)).length));

function run(command: string, args: readonly string[], { cwd = root, env = {} }: { cwd?: string; env?: Readonly<Record<string, string>> } = {}): { readonly status: number | null; readonly text: string } {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NX_|JEST_|NODE_OPTIONS$|FORCE_COLOR$)/.test(name)));
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...inherited, NX_DAEMON: 'false', CI: '1', NO_COLOR: '1', ...env } });
  return { status, text: `${stdout}${stderr}` };
}

const nx = (...args: string[]) => run(join(root, 'node_modules/.bin/nx'), args);
const made = ['atlantis', 'lemuria', 'mu-2'];

it('makes markets on each base, by the name of the generator alone', async () => {
  for (const [name, ...options] of [['atlantis'], ['lemuria', '--base', 'fapi1-advanced'], ['mu-2', '--base=fapi2-security', '--title=Mu Open Banking 2']] as const) {
    const { status, text } = nx('g', 'market', name, ...options);
    expect([status, text]).toEqual([0, expect.stringContaining(`CREATE libs/markets/${name}/index.ts`)]);
  }
  const registry = await readFile(join(root, 'libs/markets/src/registry.ts'), 'utf8');
  expect(registry).toMatch(/const all: readonly Market\[\] = \[.*, atlantis, lemuria, mu2\];/);
  expect(await readFile(join(root, 'libs/markets/mu-2/index.ts'), 'utf8')).toContain("title: 'Mu Open Banking 2'");
}, 120_000);

it('makes none over another, and none under a name that cannot be one', async () => {
  for (const name of ['atlantis', 'Atlantis', 'at--lantis', 'src', '../atlantis']) {
    const before = await readFile(join(root, 'libs/markets/src/registry.ts'), 'utf8');
    expect([name, nx('g', 'market', name).status]).not.toEqual([name, 0]);
    expect(await readFile(join(root, 'libs/markets/src/registry.ts'), 'utf8')).toBe(before);
  }
}, 120_000);

it('leaves markets that compile, pass their specs and the lint', () => {
  expect(run(process.execPath, ['node_modules/typescript-7/bin/tsc', '-b', 'libs/markets'])).toEqual({ status: 0, text: '' });
  const jest = [join(here, 'node_modules/jest/bin/jest.js'), '--config', '../../jest.config.js', '--rootDir', '.', ...made, 'every-market'];
  const tested = run(process.execPath, jest, { cwd: join(root, 'libs/markets'), env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' } });
  expect([tested.status, tested.text]).toEqual([0, expect.stringContaining('Test Suites: 4 passed')]);
  expect(run(join(root, 'node_modules/.bin/eslint'), made.map((name) => `libs/markets/${name}`))).toEqual({ status: 0, text: '' });
}, 240_000);
