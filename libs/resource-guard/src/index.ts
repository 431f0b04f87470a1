export { OAuthError } from '@assent/protocol';
export * from './guard.js';
export * from './http-ports.js';
export * from './interaction-id.js';
export * from './metadata.js';
export * from './node-request.js';
export * from './options.js';
export * from './peer-certificate.js';
export * from './replay.js';
