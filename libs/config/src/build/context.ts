import { isAbsolute, relative, resolve } from 'node:path';
import type { Market } from '@assent/markets';
import type { Path } from '../problem.js';
import type { ConfigFile } from '../schema/index.js';

/** What every part of the configuration is built from. Problems are collected, so that all are told at once. */
export interface Context {
  readonly content: ConfigFile;
  readonly mode: 'development' | 'production';
  readonly dataFolder: string;
  /** Those an issuer may be part of. */
  readonly markets: readonly Market[];
  /** An absolute path from one of the file or the environment. */
  readonly absolute: (value: string, path: Path) => string;
  readonly problem: (path: Path, text: string) => void;
  readonly warn: (path: Path, text: string) => void;
}

export const underDataFolder = ({ dataFolder }: Context, ...names: string[]): string => resolve(dataFolder, ...names);

/** Whether a file lies in the data folder, where development keys are. */
export function isInDataFolder({ dataFolder }: Context, file: string): boolean {
  const way = relative(dataFolder, file);
  return way !== '' && !way.startsWith('..') && !isAbsolute(way);
}
