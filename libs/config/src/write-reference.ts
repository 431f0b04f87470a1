import { readFileSync, writeFileSync } from 'node:fs';
import { withReference } from './reference.js';

/** `node libs/config/dist/write-reference.js`: writes the tables of docs/configuration.md from the schema. */
const file = new URL('../../../docs/configuration.md', import.meta.url);
writeFileSync(file, withReference(readFileSync(file, 'utf8')));
