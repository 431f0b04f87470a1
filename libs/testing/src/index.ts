export { startDatabase, type TestDatabase } from '@assent/persistence/embedded';
export { chromiumBinary, launchChromium } from './chromium.js';
