export * from './policy.js';
export * from './profile.js';
export * from './oauth.js';
export * from './fapi2-security.js';
export * from './registry.js';
export * from './redirect-uri.js';
export { isAtLeastAsStrict } from './strictness.js';
export * from './client/check-client.js';
export type { ClientProblem } from './client/problem.js';
