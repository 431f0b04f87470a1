export * from './access.guard.js';
export * from './error.filter.js';
export * from './resource-guard.module.js';
