import { parseArgs } from 'node:util';
import { loadConfig } from '@assent/config';
import { runUntilSignal } from '@assent/http';
import { startGrantManagement } from './index.js';

await runUntilSignal(async () => {
  const { values } = parseArgs({ options: { config: { type: 'string' } }, strict: false });
  const file = typeof values['config'] === 'string' ? values['config'] : undefined;
  return startGrantManagement(await loadConfig({ file, env: process.env, cwd: process.cwd() }));
});
