import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

interface Planted {
  readonly says: string;
  readonly file: string;
  readonly code: string;
  /** In the rule's message; `undefined`: the code is allowed. */
  readonly message: string | RegExp | undefined;
}

/** Where the two already depend on each other the other way round, the rule reports the circle first. */
const onlyDepend = /can only depend on libs tagged with|Circular dependency between/;

const planted: readonly Planted[] = [
  { says: 'core on adapter', file: 'libs/protocol/src/planted.ts', code: "export * from '@assent/persistence';", message: onlyDepend },
  { says: 'core on an app', file: 'libs/crypto/src/planted.ts', code: "export * from '@assent/authorization-server';", message: onlyDepend },
  { says: 'core on Nest', file: 'libs/protocol/src/planted.ts', code: "export * from '@nestjs/common';", message: 'is not allowed to import' },
  { says: 'core on TypeORM', file: 'libs/profiles/src/planted.ts', code: "export * from 'typeorm';", message: 'is not allowed to import' },
  { says: 'core on pg', file: 'libs/crypto/src/planted.ts', code: "export * from 'pg';", message: 'is not allowed to import' },
  { says: 'core on Fastify', file: 'libs/resource-guard/src/planted.ts', code: "export * from 'fastify';", message: 'is not allowed to import' },
  { says: "Nest in the guard's own Nest entry", file: 'libs/resource-guard/src/nest/planted.ts', code: "export * from '@nestjs/common';", message: undefined },
  { says: 'TypeORM even there', file: 'libs/resource-guard/src/nest/planted.ts', code: "export * from 'typeorm';", message: 'is not allowed to import' },
  { says: 'adapter on an app', file: 'libs/http/src/planted.ts', code: "export * from '@assent/relying-party';", message: onlyDepend },
  { says: 'adapter on core', file: 'libs/http/src/planted.ts', code: "export * from '@assent/crypto';", message: undefined },
  { says: 'app on app', file: 'apps/relying-party/src/planted.ts', code: "export * from '@assent/authorization-server';", message: onlyDepend },
  { says: 'app on test support', file: 'apps/relying-party/src/planted.ts', code: "export * from '@assent/testing';", message: onlyDepend },
  { says: "an app's spec on test support", file: 'apps/relying-party/src/planted.spec.ts', code: "export * from '@assent/testing';", message: undefined },
  { says: 'flows on apps', file: 'flows/src/planted.ts', code: "export * from '@assent/authorization-server';", message: undefined },
  { says: 'tools on apps', file: 'tools/src/planted.ts', code: "export * from '@assent/authorization-server';", message: undefined },
  { says: 'an app on the tools', file: 'apps/resource-server/src/planted.ts', code: "export * from '@assent/tools';", message: onlyDepend },
  { says: "another project's files by path", file: 'apps/resource-server/src/planted.ts', code: "export * from '../../../libs/protocol/src/form.js';", message: 'Projects cannot be imported by a relative or absolute path' },
  { says: 'crypto on profiles', file: 'libs/crypto/src/planted.ts', code: "export * from '@assent/profiles';", message: 'crypto depends on protocol only' },
  { says: 'protocol on crypto', file: 'libs/protocol/src/planted.ts', code: "export * from '@assent/crypto';", message: 'protocol depends on nothing' },
  { says: 'profiles on crypto', file: 'libs/profiles/src/planted.ts', code: "export * from '@assent/crypto';", message: undefined },

  { says: 'raw HTML', file: 'libs/pages/src/planted.tsx', code: "export const a = <p dangerouslySetInnerHTML={{ __html: 'x' }} />;", message: 'Text is escaped' },
  { says: 'an inline handler', file: 'libs/pages/src/planted.tsx', code: 'export const a = <button onclick="go()">Go</button>;', message: 'work without scripts' },
  { says: 'a handler in camel case', file: 'apps/relying-party/src/planted.tsx', code: 'export const a = <button onClick={() => 1}>Go</button>;', message: 'work without scripts' },
  { says: 'an inline style', file: 'libs/pages/src/planted.tsx', code: 'export const a = <p style="color: red">x</p>;', message: 'use the stylesheet' },
  { says: 'Math.random', file: 'apps/relying-party/src/planted.ts', code: 'export const a = Math.random();', message: 'can be guessed' },
  { says: 'Date.now() in a core library', file: 'libs/crypto/src/planted.ts', code: 'export const a = Date.now();', message: 'comes from the Clock' },
  { says: 'new Date() in a flow', file: 'apps/authorization-server/src/token/planted.ts', code: 'export const a = new Date();', message: 'comes from the Clock' },
  { says: 'a date made from a value', file: 'libs/crypto/src/planted.ts', code: 'export const a = new Date(0);', message: undefined },
  { says: 'a question about the profile', file: 'apps/authorization-server/src/planted.ts', code: "export const a = (i: { profile: string }) => i.profile === 'x';", message: 'outside libs/profiles: let the policy' },
  { says: 'a question about the market', file: 'apps/resource-server/src/planted.ts', code: "export const a = (i: { market?: { name: string } }) => i.market?.name === 'x';", message: 'outside libs/markets: let the market' },
  { says: 'two markets compared', file: 'apps/resource-server/src/planted.ts', code: 'export const a = (i: { market: { name: string } }, name: string) => i.market.name === name;', message: undefined },
  { says: "a profile's name", file: 'libs/http/src/planted.ts', code: "export const a = 'fapi2-security';", message: 'live in libs/profiles' },
  { says: 'a name that says nothing', file: 'libs/http/src/planted.ts', code: 'export class TokenManager {}', message: 'Name it by what it is' },
  { says: 'a suppression without a reason', file: 'libs/http/src/planted.ts', code: 'export const a = Math.random(); // eslint-disable-line no-restricted-syntax', message: 'carries its reason' },
];

const script = `
  import { ESLint } from 'eslint';
  const eslint = new ESLint({ cwd: process.cwd() });
  let text = '';
  for await (const chunk of process.stdin) text += chunk;
  const found = [];
  for (const { code, file } of JSON.parse(text)) found.push((await eslint.lintText(code, { filePath: file })).flatMap((result) => result.messages.map((m) => m.message)));
  process.stdout.write('\\n' + JSON.stringify(found));`;

/** One ESLint for all of them: it reads the whole project graph first. */
async function lint(cases: readonly Planted[]): Promise<readonly (readonly string[])[]> {
  const env = { ...process.env, NODE_OPTIONS: '', NX_TASK_TARGET_PROJECT: undefined };
  const running = run(process.execPath, ['--input-type=module', '--eval', script], { cwd: root, env, maxBuffer: 1 << 24 });
  running.child.stdin!.end(JSON.stringify(cases));
  const { stdout } = await running;
  return JSON.parse(stdout.slice(stdout.lastIndexOf('\n') + 1)) as string[][];
}

describe('lint finds what is planted', () => {
  let found: readonly (readonly string[])[];
  beforeAll(async () => void (found = await lint(planted)), 60_000);

  it.each(planted.map((plant, index) => [plant.message === undefined ? 'allows' : 'refuses', plant.says, plant, index] as const))('%s %s', (_verdict, _says, plant, index) => {
    const messages = found[index]!;
    if (plant.message === undefined) expect(messages).toEqual([]);
    else expect(messages).toContainEqual(expect.stringMatching(plant.message));
  });
});
