export { applyChange, later, mergeClaims, plainDetails, type DetailRules } from './apply-change.js';
export { canonical, claimNames, differenceOf } from './difference.js';
export { isNarrower } from './narrower.js';
export { newlyAsked, type AskedPermissions, type NewlyAsked } from './newly-asked.js';
export { checkpointHash, checkpointType, inOrder, readCheckpoint, rootOf, type CheckpointClaims, type CheckpointKind, type Leaf } from './chain/checkpoint.js';
export type { Finding } from './chain/finding.js';
export { beforeFirst, hashOf, type Link } from './chain/link.js';
export { verifyChain, type Chain, type Signed } from './chain/verify-chain.js';
export { CheckpointWalk, type KeptCheckpoint } from './chain/verify-checkpoints.js';
