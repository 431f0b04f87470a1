import type { FastifyInstance } from 'fastify';
import type { Engine } from '../engine.js';
import { backChannel } from '../request/call.js';
import { registerAutomation } from './automation.js';
import { requestAuthentication } from './request-authentication.js';
import { UserCodes } from './user-code.js';

export { approve, deny, type Decider } from './decide.js';
export { PendingRequest } from './pending-request.js';

/** Registers the backchannel authentication endpoint of every issuer whose policy has one (CIBA section 7). */
export async function registerBackchannel(fastify: FastifyInstance, engine: Engine): Promise<void> {
  const userCodes = await UserCodes.of(engine);
  backChannel(fastify, engine, 'backchannelAuthentication', requestAuthentication(userCodes), ({ policy }) => policy.ciba === 'on');
  registerAutomation(fastify, engine);
}
