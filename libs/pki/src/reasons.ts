/** Why a certificate is no longer good, and what RFC 5280 section 5.3.1 counts it as. */
const codes = {
  unspecified: 0,
  keyCompromise: 1,
  affiliationChanged: 3,
  superseded: 4,
  cessationOfOperation: 5,
  certificateHold: 6,
  privilegeWithdrawn: 9,
} as const;

export type RevocationReason = keyof typeof codes;
export const revocationReasons = Object.keys(codes) as readonly RevocationReason[];

export const isRevocationReason = (text: unknown): text is RevocationReason => typeof text === 'string' && Object.hasOwn(codes, text);
export const reasonCode = (reason: RevocationReason): number => codes[reason];
/** The reason of a code; `unspecified` for those that lists of ours never have. */
export const reasonOf = (code: number | undefined): RevocationReason => revocationReasons.find((reason) => codes[reason] === code) ?? 'unspecified';
