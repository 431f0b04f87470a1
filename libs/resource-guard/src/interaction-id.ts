import { randomUUID } from 'node:crypto';
import { headerValues } from './request.js';

export const interactionIdHeader = 'x-fapi-interaction-id';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The `x-fapi-interaction-id` of the response: the caller's own, unchanged, when it sent one UUID; a new one
 * otherwise (F2-RS-01). Other text is never reflected.
 */
export function interactionId(rawHeaders: readonly string[]): string {
  const sent = headerValues(rawHeaders, interactionIdHeader);
  const [id] = sent;
  return id !== undefined && sent.length === 1 && uuid.test(id) ? id : randomUUID();
}
