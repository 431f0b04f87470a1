import { readFileSync } from 'node:fs';

const swc = JSON.parse(readFileSync(new URL('.swcrc', import.meta.url), 'utf8'));
// `.ts` must not be parsed as TSX: a leading `<T>(x: T)` would read as an element.
const plain = { ...swc, jsc: { ...swc.jsc, parser: { ...swc.jsc.parser, tsx: false } } };

export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@assent/source', 'node', 'node-addons'] },
  roots: ['<rootDir>'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/coverage/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/coverage/'],
  watchPathIgnorePatterns: ['/dist/'],
  testMatch: ['**/*.spec.ts', '**/*.spec.tsx'],
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.tsx$': ['@swc/jest', { ...swc, swcrc: false }],
    '^.+\\.ts$': ['@swc/jest', { ...plain, swcrc: false }],
  },
  testTimeout: 30_000,
};
