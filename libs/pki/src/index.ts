export * from './authority.js';
export { issueCrl, type NewRevocationList, type RevokedCertificate } from './crl.js';
export { isRevocationReason, reasonCode, reasonOf, revocationReasons, type RevocationReason } from './reasons.js';
export { readSigningRequest, SigningRequestError } from './signing-request.js';
export { nameOf, type Subject, type SubjectAttribute } from './subject.js';
export { UnfitKeyError } from './web-crypto.js';
export * from './ocsp.js';
export { CrlError, isCurrent, isIssuedBy, serialText, verifyCrl, type RevocationList } from './verify-crl.js';
