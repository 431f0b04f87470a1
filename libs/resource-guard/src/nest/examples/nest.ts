import { Controller, Get, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { createResourceGuard, type ResourceGuardOptions, type VerifiedAccess } from '../../index.js';
import { Access, OAuthErrorFilter, RequireGrantedScopes, ResourceGuardModule } from '../index.js';

@Controller('accounts')
class AccountsController {
  @Get()
  @RequireGrantedScopes('accounts')
  list(@Access() access: VerifiedAccess) {
    return { accounts: [{ owner: access.subject, grant: access.grantId }] }; // your query goes here
  }
}

export const accountsModule = (options: ResourceGuardOptions) => {
  @Module({ imports: [ResourceGuardModule.register({ guard: createResourceGuard(options) })], controllers: [AccountsController], providers: [{ provide: APP_FILTER, useClass: OAuthErrorFilter }] })
  class AccountsModule {}
  return AccountsModule;
};
