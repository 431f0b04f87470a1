import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, root } from './build.mjs';

/*
 * npm test [-- [--full] [path…] [-t pattern]]
 * Builds, runs every project's specs through Nx (unchanged projects come from its cache) and closes with one line of
 * totals. A path or a pattern runs just that, past the cache. --full adds the long matrices and other Node versions;
 * of the specs it runs again those that have long parts, and no others.
 */
const nodeOptions = `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim();
const parallel = 2;
/** Set: specs that have long parts run them. */
const longMark = 'ASSENT_TEST_FULL';

// Nx asks its tasks for colours even where nobody can see them.
if (!process.stdout.isTTY) process.env.FORCE_COLOR ??= '0';
const { full, paths, jestArguments } = readArguments(process.argv.slice(2));
const projects = findProjects();

const filtered = paths.length > 0 || jestArguments.length > 0;
if (full && filtered) process.env[longMark] = '1';
// Specs read sources; only the flows and the tools also start what was compiled.
if (!filtered || paths.some((path) => touches('flows', path) || touches('tools', path))) build();
for (const project of projects) for (const file of [resultFile(project), longFile(project)]) rmSync(file, { force: true });
const failedRuns = filtered ? runFiltered() : [...runAll(), ...(full ? runLong() : [])];
const compatible = full && !filtered ? runCompatibility() : [];
process.exitCode = report(failedRuns, compatible);

function readArguments(args) {
  const found = { full: false, paths: [], jestArguments: [] };
  for (let index = 0; index < args.length; index++) {
    const arg = args[index];
    if (arg === '--full') found.full = true;
    else if (arg === '-t' || arg === '--testNamePattern') found.jestArguments.push('-t', args[++index] ?? '');
    else if (arg.startsWith('-')) found.jestArguments.push(arg);
    else found.paths.push(arg);
  }
  return found;
}

/** Folders of the workspaces that have sources. */
function findProjects() {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folders = workspaces.flatMap((entry) => (entry.endsWith('/*') ? readdirSync(join(root, dirname(entry))).map((name) => join(dirname(entry), name)) : [entry]));
  return folders.filter((folder) => existsSync(join(root, folder, 'src')));
}

function resultFile(project) {
  return join(root, project, 'coverage/results.json');
}

function longFile(project) {
  return join(root, project, 'coverage/long.json');
}

/** The specs that have long parts, with them. */
function runLong() {
  return projects.filter((project) => {
    const specs = specsIn(join(root, project, 'src')).filter((file) => readFileSync(file, 'utf8').includes(longMark));
    return specs.length > 0 && !runJest(project, { patterns: specs, output: 'coverage/long.json', env: { [longMark]: '1' } });
  });
}

function specsIn(folder) {
  return readdirSync(folder, { recursive: true }).filter((name) => /\.spec\.tsx?$/.test(name)).map((name) => join(folder, name));
}

function runAll() {
  const nx = join(root, 'node_modules/nx/dist/bin/nx.js');
  const args = ['run-many', '-t', 'test', `--parallel=${parallel}`, '--excludeTaskDependencies', '--outputStyle=static', '--nxBail=false'];
  const { status } = spawnSync(process.execPath, [nx, ...args], { cwd: root, stdio: 'inherit' });
  return status === 0 ? [] : ['nx'];
}

function runFiltered() {
  const chosen = projects.filter((project) => paths.length === 0 || paths.some((path) => touches(project, path)));
  const unplaced = paths.filter((path) => !projects.some((project) => touches(project, path)));
  if (unplaced.length > 0) console.error(`No project has ${unplaced.join(', ')}.`);
  return [...unplaced, ...chosen.filter((project) => !runJest(project))];
}

function touches(project, path) {
  const place = relative(root, resolve(path));
  return place === project || place.startsWith(`${project}/`) || project.startsWith(`${place}/`) || project.split('/').at(-1) === path;
}

function runJest(project, { patterns = patternsIn(project), output = 'coverage/results.json', env: more = {} } = {}) {
  const cwd = join(root, project);
  mkdirSync(join(cwd, 'coverage'), { recursive: true });
  const args = ['--config', join(root, 'jest.config.js'), '--rootDir', '.', '--passWithNoTests', '--json', '--outputFile', output];
  const env = { ...process.env, NODE_OPTIONS: nodeOptions, ...more };
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/jest/bin/jest.js'), ...args, ...jestArguments, ...patterns], { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  return status === 0;
}

function patternsIn(project) {
  return paths.map((path) => resolve(path)).filter((path) => path.startsWith(`${join(root, project)}/`));
}

function runCompatibility() {
  const { status } = spawnSync(process.execPath, [join(root, 'tools/compat.mjs')], { cwd: root, stdio: 'inherit' });
  return status === 0 ? [] : ['other Node versions'];
}

/** One line for each project, what failed by name, and the totals alone on the last line. */
function report(failed, incompatible) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const broken = [];
  console.log('');
  const runs = projects.flatMap((project) => [{ project, name: project, file: resultFile(project) }, { project, name: `${project} (long)`, file: longFile(project) }]);
  for (const { project, name, file: results } of runs.filter(({ file }) => existsSync(file))) {
    const result = JSON.parse(readFileSync(results, 'utf8'));
    const skipped = result.numPendingTests + result.numTodoTests;
    total.passed += result.numPassedTests;
    total.failed += result.numFailedTests;
    total.skipped += skipped;
    // A spec file that cannot even be loaded counts no test: it is one failure of its own.
    total.failed += result.testResults.filter(unloadable).length;
    console.log(`${name.padEnd(28)} ${String(result.numPassedTests).padStart(5)} passed${result.numFailedTests ? `  ${result.numFailedTests} failed` : ''}${skipped ? `  ${skipped} skipped` : ''}  ${seconds(result)}`);
    broken.push(...result.testResults.flatMap((file) => failures(project, file)));
  }
  if (broken.length > 0) console.log(`\nFailed:\n${broken.map((line) => `  ${line}`).join('\n')}`);
  total.failed += incompatible.length;
  for (const what of incompatible) console.log(`Failed: ${what}`);
  if (failed.length > 0 && total.failed === 0) {
    console.log('A test process ended abnormally: see its output above.');
    total.failed += failed.length;
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}`);
  return total.failed > 0 || failed.length > 0 || total.passed === 0 ? 1 : 0;
}

function unloadable(file) {
  return file.status === 'failed' && file.assertionResults.length === 0;
}

function failures(project, file) {
  const place = `${relative(root, file.name)}`;
  if (unloadable(file)) return [`${place}: ${file.message.split('\n').find((line) => line.trim() && !line.includes('●'))?.trim() ?? 'cannot be loaded'}`];
  return file.assertionResults.filter((test) => test.status === 'failed').map((test) => `${place}: ${test.fullName}`);
}

function seconds(result) {
  const end = Math.max(result.startTime, ...result.testResults.map((file) => file.endTime));
  return `${((end - result.startTime) / 1000).toFixed(1)} s`;
}
