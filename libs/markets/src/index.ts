export * from './consent-vehicle.js';
export { dataSharingType, present as presentDataSharing, type DataSharing } from './data-sharing.js';
export * from './detail.js';
export * from './market.js';
export * from './onboarding.js';
export * from './refusal.js';
export * from './registry.js';
export * from './route.js';
export * from './vocabulary.js';
