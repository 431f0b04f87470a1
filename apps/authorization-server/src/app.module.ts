import { Inject, Module, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import type { Composition } from './compose.js';

const composition = Symbol('composition');

/** Holds what the server stands on and lets go of it when Nest shuts down, after the last request was answered. */
@Module({})
export class AppModule implements OnModuleDestroy {
  constructor(@Inject(composition) private readonly composed: Composition) {}

  static of(composed: Composition): DynamicModule {
    return { module: AppModule, providers: [{ provide: composition, useValue: composed }] };
  }

  async onModuleDestroy(): Promise<void> {
    await this.composed.close();
  }
}
