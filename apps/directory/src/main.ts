import { loadConfig } from '@assent/config';
import { runUntilSignal } from '@assent/http';
import { startDirectory } from './index.js';

await runUntilSignal(async () => startDirectory(await loadConfig({ env: process.env, cwd: process.cwd() })));
