import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Finding {
  readonly title: string;
  readonly line: string;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const { run } = createRequire(import.meta.url)('dockerfilelint') as { run(context: string, text: string): readonly Finding[] };
const text = readFileSync(join(root, 'Dockerfile'), 'utf8');

describe('Dockerfile', () => {
  it('passes dockerfilelint', () => {
    expect(run(root, text)).toEqual([]);
  });

  it('is held to a linter that finds planted faults', () => {
    expect(run(root, 'FROM node:latest\nRUN sudo apt-get install curl\n').length).toBeGreaterThan(0);
  });

  const stages = text.split(/^FROM /m).slice(1);

  it('has stages for manifests, build and run, all of one base image', () => {
    expect(stages.map((stage) => stage.split('\n')[0])).toEqual(['manifests', 'build', 'run'].map((name) => `node:24-bookworm-slim AS ${name}`));
  });

  it('runs as an unprivileged user, with a health check by node', () => {
    const last = stages.at(-1)!;
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^HEALTHCHECK .*CMD \["node", "tools\/health\.mjs"/m);
    expect(last.indexOf('COPY')).toBeLessThan(last.indexOf('USER node'));
  });

  it('starts from sources alone', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    for (const entry of ['**/node_modules', '**/dist', '.assent', '.git', '.env']) expect(ignored).toContain(entry);
  });
});
