import type { IncomingMessage } from 'node:http';

const contents = new WeakMap<IncomingMessage, Uint8Array>();

/**
 * Hands a request's content over, byte for byte as it came, for `nodeRequest` to find. Where a framework parses bodies,
 * its parser is the place: with Express `express.json({ verify: (request, _, bytes) => keepContent(request, bytes) })`.
 */
export function keepContent(message: IncomingMessage, bytes: Uint8Array): void {
  contents.set(message, bytes);
}

export const keptContent = (message: IncomingMessage): Uint8Array | undefined => contents.get(message);
