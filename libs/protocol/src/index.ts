export * from './client.js';
export * from './clock.js';
export * from './form.js';
export * from './grant.js';
export * from './handle.js';
export * from './oauth-error.js';
export * from './ports.js';
export * from './secret.js';
