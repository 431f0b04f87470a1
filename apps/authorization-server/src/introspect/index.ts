import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';
import { backChannel } from '../request/call.js';
import { introspect } from './introspect.js';

/** Registers the introspection endpoint of every issuer. */
export function registerIntrospection(fastify: FastifyInstance, engine: Engine): void {
  backChannel(fastify, engine, 'introspection', introspect);
}
