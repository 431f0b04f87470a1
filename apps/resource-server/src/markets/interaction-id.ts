import { randomUUID } from 'node:crypto';
import { MarketRefusal, type HeaderRules } from '@assent/markets';
import { interactionIdHeader } from '@assent/resource-guard';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id every answer carries: the caller's own or a new one. Other text is never reflected. */
export function interactionIdOf(sent: readonly string[]): string {
  const [id] = sent;
  return isGood(sent) && id !== undefined ? id : randomUUID();
}

/** `MarketRefusal` 400 where the market wants the header and it is missing, or is no UUID. */
export function verifyInteractionId(sent: readonly string[], { whenAbsent, whenMalformed }: HeaderRules['interactionId']): void {
  if (sent.length === 0 && whenAbsent === 'refuse') throw new MarketRefusal(400, 'invalid_request', `the header ${interactionIdHeader} is required`, 'ASSENT-MK-03', { path: interactionIdHeader });
  if (sent.length > 0 && !isGood(sent) && whenMalformed === 'refuse') throw new MarketRefusal(400, 'invalid_request', `${interactionIdHeader} must be one UUID`, 'ASSENT-MK-03', { path: interactionIdHeader });
}

const isGood = (sent: readonly string[]): boolean => sent.length === 1 && uuid.test(sent[0] ?? '');
