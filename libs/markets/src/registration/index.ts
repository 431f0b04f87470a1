export * from './certificate.js';
export * from './dialect.js';
export * from './directory-api.js';
export * from './participants.js';
export * from './statement.js';
export { plainRegistration } from './plain.js';
export { readSharedClaims, sharedClaims } from './trust-framework.js';
