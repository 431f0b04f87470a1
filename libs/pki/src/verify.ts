/* What a server needs to honour revocations, without the libraries that issue certificates; OCSP is loaded when it is asked for. */
export { isRevocationReason, type RevocationReason } from './reasons.js';
export { CrlError, isCurrent, isIssuedBy, serialText, verifyCrl, type RevocationList } from './verify-crl.js';

/** The client's side of OCSP; what reads its messages takes its time to load. */
export const loadOcsp = () => import('./ocsp.js');
