import { constantTimeEqual } from '@assent/crypto';
import { headerValues, transportOf } from '@assent/http';
import { standingOf, type Software } from '@assent/persistence/directory';
import type { FastifyRequest } from 'fastify';
import { hashOf } from './admin-token.js';
import type { Actor, Directory } from './directory.js';
import { forbidden, notInForce, unauthenticated } from './refusals.js';

/** Who calls the API. */
export type Caller = { readonly kind: 'administrator' } | { readonly kind: 'software'; readonly software: Software };

const bearer = /^Bearer ([A-Za-z0-9._~+/-]{20,200}=*)$/i;

/** By the administrator's token, the key of a software, or its transport certificate. `invalid_token` 401 for everybody else. */
export async function callerOf(directory: Directory, request: FastifyRequest): Promise<Caller> {
  const [header, ...more] = headerValues(request, 'authorization');
  if (header !== undefined) {
    const token = bearer.exec(header)?.[1];
    if (token === undefined || more.length > 0) throw unauthenticated();
    const hash = hashOf(token);
    if (constantTimeEqual(hash.toString('hex'), directory.adminTokenHash.toString('hex'))) return { kind: 'administrator' };
    return asSoftware(await directory.store.softwareByKey(hash));
  }
  const { certificate } = transportOf(request);
  // The store says whether the certificate is good; that its key is the caller's, TLS has shown.
  if (!certificate?.chainTrusted) throw unauthenticated();
  return asSoftware(await directory.store.softwareByCertificate(certificate.thumbprint, directory.clock.now()));
}

function asSoftware(software: Software | undefined): Caller {
  if (!software) throw unauthenticated();
  if (standingOf(software) === 'revoked') throw notInForce('the software');
  return { kind: 'software', software };
}

/** `access_denied` 403 for software. */
export async function administrator(directory: Directory, request: FastifyRequest): Promise<Actor> {
  const caller = await callerOf(directory, request);
  if (caller.kind !== 'administrator') throw forbidden('this takes the administrator token');
  return actorOf(caller, request);
}

/** The administrator, or the software itself. `access_denied` 403 for another software. */
export async function administratorOr(directory: Directory, softwareId: string, request: FastifyRequest): Promise<Actor> {
  const caller = await callerOf(directory, request);
  if (caller.kind === 'software' && caller.software.id !== softwareId) throw forbidden('this is another software');
  return actorOf(caller, request);
}

const actorOf = ({ kind }: Caller, request: FastifyRequest): Actor => ({ by: kind, requestId: transportOf(request).requestId });
