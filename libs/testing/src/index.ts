export { startDatabase, type TestDatabase } from '@assent/persistence/embedded';
