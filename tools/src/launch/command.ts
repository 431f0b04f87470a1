import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { loadConfig, type AssentConfig } from '@assent/config';
import { explain } from './failure.js';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A command of `npm run`, with the option that all of them share. */
export const command = (name: string, description: string): Command =>
  new Command(name).description(description).option('-c, --config <file>', 'configuration file (ASSENT_CONFIG; config/demo.yaml)');

/** The configuration as `npm start` reads it: a named file from where the user stands, the default from the checkout. */
export async function configOf(options: { readonly config?: string }): Promise<AssentConfig & { readonly file: string }> {
  const config = await loadConfig({ file: options.config && resolve(options.config), env: process.env, cwd: root });
  return { ...config, file: config.file! };
}

/** The same to be judged: nothing is written, and attacks that succeed are told of instead of refused. */
export const configForAudit = (file: string | undefined): Promise<AssentConfig> => loadConfig({ file: file && resolve(file), env: process.env, cwd: root, purpose: 'audit' });

/** Runs a command to its end: what went wrong becomes one line and exit code 1. */
export async function run(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}
