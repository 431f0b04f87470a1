import type { RuleId } from '@assent/protocol';

export type HttpSignatureRefusal = 'missing' | 'malformed' | 'component' | 'parameter' | 'key' | 'signature' | 'digest';

/** Why a message signature or digest was refused, or cannot be made. What that means to a caller is theirs to say. */
export class HttpSignatureError extends Error {
  constructor(
    readonly reason: HttpSignatureRefusal,
    message: string,
    readonly rule: RuleId,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'HttpSignatureError';
  }
}

export const malformed = (message: string, cause?: unknown): HttpSignatureError => new HttpSignatureError('malformed', message, 'HS-SB-02', { cause });
export const badComponent = (message: string, cause?: unknown): HttpSignatureError => new HttpSignatureError('component', message, 'HS-SB-01', { cause });
