import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';

/** Registers the login and consent pages of every issuer. */
export async function registerInteraction(_fastify: FastifyInstance, _engine: Engine): Promise<void> {}
