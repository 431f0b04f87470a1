export { seedCustomers } from './bank/seed-customers.js';
export { databaseReady, feedReady, openConfiguredDatabase, openConfiguredFeed, type OpeningApp } from './configured.js';
export { openDatabase, type Database, type DatabaseOptions } from './database.js';
export { DatabaseError } from './database-error.js';
export { startHousekeeping, type Housekeeping, type HousekeepingOptions } from './housekeeping.js';
export { migrate } from './migrate.js';
export { openRevocationFeed, type FeedChange, type FeedRead, type RevocationFeedOptions } from './revocation-feed.js';
export type { Statistics } from './sql.js';
export type { Stores } from './stores.js';
