import { build } from './build.mjs';

build();
await import('./dist/start.js');
