import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';
import { backChannel } from '../request/call.js';
import { push } from './push.js';

/** Registers the pushed authorization request endpoint of every issuer. */
export function registerPushedAuthorizationRequests(fastify: FastifyInstance, engine: Engine): void {
  backChannel(fastify, engine, 'pushedAuthorizationRequest', push);
}
