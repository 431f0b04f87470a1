export { applyChange, later, mergeClaims, plainDetails, type DetailRules } from './apply-change.js';
export { canonical, claimNames, differenceOf } from './difference.js';
export { isNarrower } from './narrower.js';
export { newlyAsked, type AskedPermissions, type NewlyAsked } from './newly-asked.js';
