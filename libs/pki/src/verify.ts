/* What a server needs to honour revocations, without the libraries that issue certificates; `./ocsp.js` is beside it. */
export { isRevocationReason, type RevocationReason } from './reasons.js';
export { CrlError, isCurrent, isIssuedBy, serialText, verifyCrl, type RevocationList } from './verify-crl.js';
