/** Why an encrypted JWT was refused. Says nothing of what failed inside: that would help who has no key. */
export class JweError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'JweError';
  }
}
