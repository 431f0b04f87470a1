export { startDatabase, type StartDatabaseOptions, type TestDatabase } from '@assent/persistence/embedded';
export { chromiumBinary, launchChromium } from './chromium.js';
export { aClient } from './client.js';
export { fixedClock, type FixedClock } from './clock.js';
export { aKey, type TestKey } from './key.js';
