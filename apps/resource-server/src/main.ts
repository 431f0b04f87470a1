import { parseArgs } from 'node:util';
import { loadConfig } from '@assent/config';
import { runUntilSignal } from '@assent/http';
import { startResourceServer } from './index.js';

await runUntilSignal(async () => {
  const { values } = parseArgs({ options: { config: { type: 'string' } }, strict: false });
  const file = typeof values['config'] === 'string' ? values['config'] : undefined;
  return startResourceServer(await loadConfig({ file, env: process.env, cwd: process.cwd() }));
});
