import type { InteractionEndpoint } from '@assent/markets';
import { headerValues } from '@assent/http';
import { invalidRequest } from '@assent/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { IssuerRuntime } from '../engine.js';

const header = 'x-fapi-interaction-id';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Answers the `x-fapi-interaction-id` of a request at an endpoint where the issuer's market has one: the same, whatever
 * becomes of the request. Where none came, or several, or no UUID, a new one is answered, and the request refused
 * (`invalid_request`) if the market wants that.
 */
export function answerInteractionId(request: FastifyRequest, reply: FastifyReply, { config: { market } }: Pick<IssuerRuntime, 'config'>, endpoint: InteractionEndpoint): void {
  const rules = market?.interactionId;
  if (!rules?.at.includes(endpoint)) return;
  const sent = headerValues(request, header);
  const [id] = sent;
  const good = id !== undefined && sent.length === 1 && uuid.test(id);
  if (good || rules.whenAbsent !== 'ignore') reply.header(header, good ? id : randomUUID());
  if (!good && rules.whenAbsent === 'refuse') throw invalidRequest(`${header} must be a UUID`, 'ASSENT-IID-01');
}
