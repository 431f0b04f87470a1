import type { IncomingMessage } from 'node:http';
import { applyDecorators, createParamDecorator, Inject, Injectable, SetMetadata, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { ResourceGuard } from '../guard.js';
import { nodeRequest } from '../node-request.js';
import type { VerifiedAccess } from '../options.js';
import { peerCertificate } from '../peer-certificate.js';

/** Injection token of the guard. */
export const RESOURCE_GUARD = Symbol('assent:resource-guard');
/** Injection token of the function that finds a request's client certificate. */
export const CERTIFICATE_OF = Symbol('assent:certificate-of');

/** The request as the platform hands it over: Express's is Node's own, Fastify's holds it in `raw`. */
export type PlatformRequest = IncomingMessage | { readonly raw: IncomingMessage };
export type CertificateOf = (request: PlatformRequest) => { readonly thumbprint: string } | undefined;

interface Requirement {
  readonly scopes: readonly string[];
  readonly grant: boolean;
}
const requirement = 'assent:access';
const accesses = new WeakMap<IncomingMessage, VerifiedAccess>();
const rawRequest = (request: PlatformRequest): IncomingMessage => ('raw' in request ? request.raw : request);

/** The certificate of the TLS connection itself, for servers that terminate TLS. */
export const certificateOfConnection: CertificateOf = (request) => peerCertificate(rawRequest(request).socket);

/** Admits a request whose access token grants what the handler requires, and keeps what it proved for `@Access()`. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(Reflector) private readonly reflector: Reflector,
    @Inject(RESOURCE_GUARD) private readonly guard: ResourceGuard,
    @Inject(CERTIFICATE_OF) private readonly certificateOf: CertificateOf,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { scopes, grant } = this.reflector.getAllAndOverride<Requirement>(requirement, [context.getHandler(), context.getClass()]);
    const request = context.switchToHttp().getRequest<PlatformRequest>();
    const raw = rawRequest(request);
    // Decorated class and decorated method: judged once, by the method's requirement; a proof can be spent only once.
    if (accesses.has(raw)) return true;
    const certificate = () => this.certificateOf(request);
    accesses.set(raw, await this.guard.verify(nodeRequest(raw, { certificate, requiredScopes: scopes, requireGrant: grant })));
    return true;
  }
}

/** Class or method decorator: the access token must grant all `scopes`. */
export const RequireScopes = (...scopes: string[]) =>
  applyDecorators(SetMetadata(requirement, { scopes, grant: false } satisfies Requirement), UseGuards(AccessGuard));

/** Like `RequireScopes`, and a customer's grant must stand behind the token: `client_credentials` tokens get 403. */
export const RequireGrantedScopes = (...scopes: string[]) =>
  applyDecorators(SetMetadata(requirement, { scopes, grant: true } satisfies Requirement), UseGuards(AccessGuard));

/** Parameter decorator: the `VerifiedAccess` of a handler behind `@RequireScopes`. */
export const Access = createParamDecorator((_: unknown, context: ExecutionContext): VerifiedAccess => {
  const access = accesses.get(rawRequest(context.switchToHttp().getRequest<PlatformRequest>()));
  if (!access) throw new Error('@Access() needs @RequireScopes() on the handler or its class');
  return access;
});
