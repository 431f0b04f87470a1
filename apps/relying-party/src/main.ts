import { loadConfig } from '@assent/config';
import { runUntilSignal } from '@assent/http';
import { startRelyingParty } from './index.js';

await runUntilSignal(async () => startRelyingParty(await loadConfig({ env: process.env, cwd: process.cwd() })));
