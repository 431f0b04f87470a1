import { invalidBindingMessage, type AuthorizationDetail } from '@assent/protocol';
import type { DetailTypes } from '@assent/authorization-details';
import type { AuthorizationCall } from '../request/call.js';

/** Two lines of a small screen. */
const longest = 64;

/**
 * Letters, marks, digits, punctuation, symbols and spaces. So no line breaks, no control characters, and none of those
 * that turn the direction of text around or cannot be seen: what the customer compares is what was sent.
 */
const plain = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]+$/u;
/** Marks piled up until they cover other lines. */
const piled = /\p{M}{3}/u;

/**
 * The message both devices show (CIBA section 7.1), intact or not at all (CB-RQ-10). A request that has no unique subject
 * of its own, such as a payment, needs one where the profile says so (CB-RQ-09).
 */
export function readBindingMessage({ form, issuer, engine }: AuthorizationCall, details: readonly AuthorizationDetail[]): string | undefined {
  const message = form.optional('binding_message');
  if (message === undefined) {
    if (issuer.policy.cibaBindingMessage === 'required' && !hasUniqueSubject(details, engine.details)) {
      throw invalidBindingMessage('binding_message is required: nothing else in the request tells it apart for the customer', 'CB-RQ-09');
    }
    return undefined;
  }
  if ([...message].length > longest) throw invalidBindingMessage(`binding_message must not be longer than ${longest} characters`, 'CB-RQ-10');
  if (!plain.test(message) || piled.test(message) || message.trim() !== message) {
    throw invalidBindingMessage('binding_message must be plain text on one line, without invisible characters', 'CB-RQ-10');
  }
  return message;
}

const hasUniqueSubject = (details: readonly AuthorizationDetail[], types: DetailTypes): boolean => details.some((detail) => types.kindOf(detail) === 'payment');
