import { readFile } from 'node:fs/promises';
import type { AssentConfig } from '@assent/config';
import { openDatabase, publicCheckpointKey, readCheckpointKey, verifyAudit, type AuditOptions, type AuditVerification } from '@assent/persistence';
import type { PublicJwk } from '@assent/protocol';
import { command, configOf, run } from './launch/command.js';
import { withDatabase } from './launch/database-access.js';

interface Options {
  readonly config?: string;
  readonly key?: string;
  readonly anchor?: string;
  readonly printKey?: boolean;
  readonly json?: boolean;
}

const options = command('npm run audit:verify --', 'Verifies the chains of grant events and the signed checkpoints. Exit code 1 when anything is not as it was written.')
  .option('--key <file>', 'public key (JWK) of the checkpoints; by default the one of the configured encryption key')
  .option('--anchor <number:hash>', 'a checkpoint known from elsewhere (printed by an earlier run), which must still be there')
  .option('--print-key', 'print the public key of the checkpoints, for an auditor')
  .option('--json', 'the result as JSON')
  .parse()
  .opts<Options>();

await run(async () => {
  const config = await configOf(options);
  if (options.printKey) return console.log(JSON.stringify(publicCheckpointKey(config.encryptionKey)));
  const anchor = anchorOf(options.anchor);
  const key = readCheckpointKey(await keyOf(config));
  const result = await withDatabase(config, process.env, (url) => verify(url, { key, ...(anchor && { anchor }) }));
  if (options.json) console.log(JSON.stringify(result, undefined, 2));
  else tell(result);
  if (result.findings.length > 0) process.exitCode = 1;
});

async function verify(url: string, wanted: AuditOptions): Promise<AuditVerification> {
  const database = await openDatabase({ url, poolSize: 1, applicationName: 'assent audit' });
  return verifyAudit(database.pool, wanted).finally(() => database.close());
}

async function keyOf(config: AssentConfig): Promise<PublicJwk> {
  return options.key === undefined ? publicCheckpointKey(config.encryptionKey) : (JSON.parse(await readFile(options.key, 'utf8')) as PublicJwk);
}

function anchorOf(text: string | undefined): { readonly number: number; readonly hash: string } | undefined {
  if (text === undefined) return undefined;
  const [, number, hash] = /^(\d+):([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined) throw new Error('--anchor: expected a checkpoint as it was printed, <number>:<hash>');
  return { number: Number(number), hash };
}

function tell({ findings, chains, events, checkpoints, last }: AuditVerification): void {
  for (const { grantId, says } of findings) console.log(grantId === undefined ? says : `grant ${grantId}: ${says}`);
  const counted = `${events} events of ${chains} grants, ${checkpoints} checkpoints`;
  console.log(findings.length === 0 ? `Sound: ${counted}.` : `NOT as written (${findings.length} findings): ${counted}.`);
  if (last.hash !== null) console.log(`Last checkpoint, to be kept elsewhere: ${last.number}:${last.hash}`);
}
