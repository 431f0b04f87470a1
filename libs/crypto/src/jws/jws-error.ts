export type JwsRefusal = 'malformed' | 'algorithm' | 'key' | 'signature';

/** Why a JWS or a key was refused. What that means to a caller (`invalid_client`, `invalid_token`, …) is theirs to say. */
export class JwsError extends Error {
  constructor(
    readonly reason: JwsRefusal,
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
    this.name = 'JwsError';
  }
}

export const malformed = (message: string): JwsError => new JwsError('malformed', message);
