import { invalidRequest, sha256 } from '@assent/protocol';

/**
 * The `Idempotency-Key` of a request (draft-ietf-httpapi-idempotency-key-header section 2): required, taken as sent,
 * and known afterwards by its hash only. `invalid_request` when it is missing, repeated or no such key.
 */
export function readIdempotencyKey(values: readonly string[]): Buffer {
  const [key, ...more] = values;
  if (key === undefined) throw invalidRequest('send an Idempotency-Key header, so that the payment can be asked for again without being made again', 'ASSENT-RS-06');
  if (more.length > 0) throw invalidRequest('more than one Idempotency-Key header', 'ASSENT-RS-06');
  if (!/^[\x20-\x7e]{1,128}$/.test(key)) throw invalidRequest('Idempotency-Key must be 1 to 128 printable ASCII characters', 'ASSENT-RS-06');
  return sha256(key);
}
