import { Module, type DynamicModule } from '@nestjs/common';
import type { ResourceGuard } from '../guard.js';
import { AccessGuard, CERTIFICATE_OF, certificateOfConnection, RESOURCE_GUARD, type CertificateOf } from './access.guard.js';

export interface ResourceGuardModuleOptions {
  readonly guard: ResourceGuard;
  /** Where the client certificate comes from; default: the TLS connection. */
  readonly certificateOf?: CertificateOf;
}

/** Makes `@RequireScopes()` work in every module of the application. */
@Module({})
export class ResourceGuardModule {
  static register({ guard, certificateOf = certificateOfConnection }: ResourceGuardModuleOptions): DynamicModule {
    return {
      module: ResourceGuardModule,
      global: true,
      providers: [{ provide: RESOURCE_GUARD, useValue: guard }, { provide: CERTIFICATE_OF, useValue: certificateOf }, AccessGuard],
      exports: [RESOURCE_GUARD, CERTIFICATE_OF, AccessGuard],
    };
  }
}
