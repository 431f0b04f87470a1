import type { KeyObject } from 'node:crypto';

/** Stand-in until @assent/crypto exports it; same shape. */
export interface ClientCertificate {
  readonly der: Buffer;
  readonly thumbprint: string;
  readonly subjectDn: string;
  readonly chainTrusted: boolean;
  readonly publicKey: KeyObject;
  readonly san: { readonly dns: readonly string[]; readonly uri: readonly string[]; readonly ip: readonly string[]; readonly email: readonly string[] };
  readonly notBefore: Date;
  readonly notAfter: Date;
}
