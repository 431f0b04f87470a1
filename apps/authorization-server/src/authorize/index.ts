import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';

/** Registers the authorization endpoint of every issuer. */
export async function registerAuthorize(_fastify: FastifyInstance, _engine: Engine): Promise<void> {}
