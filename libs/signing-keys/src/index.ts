export { signingAlgName, type KeyRing } from './key-ring.js';
export { decryptionAlgsOf, KeyRings, type KeyRingsOptions } from './key-rings.js';
export { rotateKeys, type RotatedKey } from './rotate.command.js';
