export * from './model.js';
export { ConfigError } from './problem.js';
export { carriedTypes, detailsInMarkets, resourcesInMarket } from './build/market.js';
export { registrantsOf } from './build/registration.js';
export { defaultConfigFile, loadConfig, parseConfig, type LoadOptions } from './load.js';
export { otherVariables, variables, type Environment } from './environment.js';
export { demoPasswords } from './production.js';
