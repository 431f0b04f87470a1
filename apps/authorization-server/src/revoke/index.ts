import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';
import { backChannel } from '../request/call.js';
import { revoke } from './revoke.js';

/** Registers the revocation endpoint of every issuer. */
export function registerRevocation(fastify: FastifyInstance, engine: Engine): void {
  backChannel(fastify, engine, 'revocation', revoke);
}
