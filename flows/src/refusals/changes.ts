import type { Change, Message } from '@assent/testing/fapi';

/* One thing changed in an otherwise good request. */

type Value = Parameters<NonNullable<Change['assertion']>>[1][string];

/** A form parameter; left out when no value is given. */
export const parameter = (name: string, value?: string): Change => ({ message: (message) => void message.set(name, value) });
export const addedParameter = (name: string, value: string): Change => ({ message: (message) => void message.add(name, value) });
/** The parameter sent twice, with the same value. */
export const repeated = (name: string): Change => ({ message: (message) => void message.add(name, message.parameter(name)) });
/** A claim of the client assertion; taken out when no value is given. */
export const claim = (name: string, value?: Value): Change => ({ assertion: (_header, claims) => void (claims[name] = value) });
export const assertionHeader = (name: string, value?: Value): Change => ({ assertion: (header) => void (header[name] = value) });
/** A claim of the DPoP proof; taken out when no value is given. */
export const proofClaim = (name: string, value?: Value): Change => ({ proof: (_header, claims) => void (claims[name] = value) });
export const proofHeader = (name: string, value?: Value): Change => ({ proof: (header) => void (header[name] = value) });
/** A header in place of whatever was there; taken out when no value is given. */
export const header = (name: string, value?: string): Change => ({ message: (message) => void message.setHeader(name, value) });
export const addedHeader = (name: string, value: string): Change => ({ message: (message) => void message.addHeader(name, value) });
/** The assertion (or the proof) rewritten after it was signed. */
export const rewrittenAssertion = (rewrite: (assertion: string) => string): Change => ({ message: (message) => void message.set('client_assertion', rewrite(message.parameter('client_assertion'))) });
export const rewrittenProof = (rewrite: (proof: string) => string): Change => ({ message: (message) => void message.setHeader('dpop', rewrite(message.header('dpop'))) });
export const message = (change: (message: Message) => void): Change => ({ message: change });

/** Seconds from now, as JWTs carry time. */
export const inSeconds = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;
