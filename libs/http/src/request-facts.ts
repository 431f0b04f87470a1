import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RenderErrorPage } from './errors.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import type { RevocationGate } from './revocation/gate.js';
import type { Certificates } from './transport/certificates.js';
import type { Connection, Connections } from './transport/connection.js';
import type { Transport } from './transport/transport.js';

/** What the edge of one app keeps at hand for its requests. */
export interface Edge {
  readonly connections: Connections;
  readonly certificates: Certificates;
  /** Absent where nobody is asked about client certificates. */
  readonly revocation?: RevocationGate | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly errorPage: RenderErrorPage | undefined;
  readonly draining: () => boolean;
}

/** What the edge knows of one request. */
export interface RequestFacts {
  readonly connection: Connection;
  readonly startedAt: bigint;
  /** The rule that refused it, for the access log and the metrics. */
  refusedBy?: string;
  transport?: Transport;
  /** The pattern of the address, where Fastify knows only that of a router of the app's own. */
  route?: string;
}

const edges = new WeakMap<object, Edge>();
const key = Symbol('assent.facts');
type WithFacts = FastifyRequest & { [key]: RequestFacts | null };

/** Ties an edge to a Fastify instance, by its server: encapsulated instances share it. */
export function attachEdge(fastify: FastifyInstance, edge: Edge): void {
  edges.set(fastify.server, edge);
  fastify.decorateRequest(key, null);
}

export function edgeOf(request: FastifyRequest): Edge {
  const edge = edges.get(request.server.server);
  if (edge === undefined) throw new Error('this Fastify instance was not made by startApp');
  return edge;
}

export function beginFacts(request: FastifyRequest, facts: RequestFacts): void {
  (request as WithFacts)[key] = facts;
}

/** `undefined` for a request Fastify refused before any hook ran. */
export function knownFacts(request: FastifyRequest): RequestFacts | undefined {
  return (request as WithFacts)[key] ?? undefined;
}

export function factsOf(request: FastifyRequest): RequestFacts {
  const facts = knownFacts(request);
  if (facts === undefined) throw new Error('the request has not passed the edge');
  return facts;
}

/** Notes the pattern of the address for log and metrics. */
export function noteRoute(reply: FastifyReply, route: string): void {
  const facts = knownFacts(reply.request);
  if (facts) facts.route = route;
}

/** Notes which rule refused the request a reply belongs to. */
export function noteRefusal(reply: FastifyReply, rule: string): void {
  const facts = knownFacts(reply.request);
  if (facts) facts.refusedBy = rule;
}
