import type { RenderErrorPage } from '@assent/http';
import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';

/** Registers the login and consent pages of every issuer. */
export async function registerInteraction(_fastify: FastifyInstance, _engine: Engine): Promise<void> {}

/** What a person sees when a request ends in an error that cannot be sent to a client; `undefined`: JSON. */
export function errorPage(_engine: Engine): RenderErrorPage | undefined {
  return undefined;
}
