import type { RegistrationConfig, StatementIssuer } from '@assent/config';
import type { RegistrationDialect } from '@assent/markets';
import { headerValues, transportOf, type Transport } from '@assent/http';
import type { AuditEvent } from '@assent/protocol';
import type { FastifyRequest } from 'fastify';
import type { Engine, IssuerRuntime } from '../engine.js';
import { OneTimeProofs } from '../request/one-time-proofs.js';

/** An issuer at which clients register themselves. */
export interface RegistrationSite {
  readonly engine: Engine;
  readonly issuer: IssuerRuntime;
  readonly registration: RegistrationConfig;
  readonly dialect: RegistrationDialect;
}

/** One request to register or to manage a registration, as it came in. */
export interface RegistrationCall extends RegistrationSite {
  readonly transport: Transport;
  readonly authorization: readonly string[];
  readonly contentType: string;
  /** The content as it was sent. */
  readonly body: Buffer;
  /** One instant for the whole request. */
  readonly now: Date;
  readonly proofs: OneTimeProofs;
}

/** The issuers at which clients may register, or are brought by a directory. */
export function registrationSites(engine: Engine): readonly RegistrationSite[] {
  return [...engine.issuers.values()].flatMap((issuer): RegistrationSite[] => {
    const { registration } = issuer.config;
    return registration ? [{ engine, issuer, registration, dialect: registration.dialect }] : [];
  });
}

export function readRegistrationCall(request: FastifyRequest, site: RegistrationSite): RegistrationCall {
  return {
    ...site,
    transport: transportOf(request),
    authorization: headerValues(request, 'authorization'),
    contentType: request.headers['content-type'] ?? '',
    body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    now: site.engine.clock.now(),
    proofs: new OneTimeProofs(),
  };
}

export const auditOfRegistration = ({ issuer, transport }: Pick<RegistrationCall, 'issuer' | 'transport'>, type: string, detail: AuditEvent['detail'] = {}, clientId?: string): AuditEvent => ({
  type,
  issuer: issuer.issuer,
  requestId: transport.requestId,
  ...(clientId === undefined ? {} : { clientId }),
  detail,
});

/** The directory of this name, if it is trusted here. Its records go by its address, its statements by the name its market knows. */
export const statementIssuerOf = ({ registration }: Pick<RegistrationSite, 'registration'>, name: string | undefined): StatementIssuer | undefined =>
  registration.statementIssuers.find(({ issuer, apiUrl }) => issuer === name || (apiUrl !== undefined && new URL(apiUrl).origin === name));
