import Table from 'cli-table3';
import { isEncryptionAlg } from '@assent/crypto';
import { rotateKeys } from '@assent/signing-keys';
import type { AssentConfig } from '@assent/config';
import { openDatabase } from '@assent/persistence';
import { systemClock, type SigningKeys } from '@assent/protocol';
import { command, configOf, run } from './launch/command.js';
import { withDatabase } from './launch/database-access.js';

interface Options {
  readonly config?: string;
  readonly issuer?: string;
  readonly alg?: string;
}

const program = command('npm run keys --', 'Signing keys of the issuers.');
program
  .command('list')
  .description('show every published key with its state')
  .action(() => withKeys(program.opts<Options>(), (_config, store) => list(store)));
program
  .command('rotate')
  .description('next → current → previous, and a new next; running servers follow without a restart')
  .option('--issuer <name>', 'only this issuer')
  .option('--alg <alg>', 'only this algorithm (PS256, ES256, EdDSA, RSA-OAEP, RSA-OAEP-256, ECDH-ES)')
  .action((own: Options) => withKeys({ ...program.opts<Options>(), ...own }, (config, store) => rotate(config, store, own)));
await program.parseAsync();

async function withKeys(options: Options, work: (config: AssentConfig, store: SigningKeys) => Promise<void>): Promise<void> {
  await run(async () => {
    const config = await configOf(options);
    await withDatabase(config, process.env, async (url) => {
      const database = await openDatabase({ url, poolSize: 1, encryptionKey: config.encryptionKey, applicationName: 'assent keys' });
      await work(config, database.stores.signingKeys).finally(() => database.close());
    });
  });
}

async function list(store: SigningKeys): Promise<void> {
  const table = new Table({ head: ['Issuer', 'Algorithm', 'State', 'Since', 'Key ID'], style: { head: [], border: [], compact: true } });
  for (const { issuer, alg, state, since, kid } of await store.all()) table.push([issuer, alg, state, since.toISOString(), kid]);
  console.log(table.toString());
}

async function rotate(config: AssentConfig, store: SigningKeys, { issuer, alg }: Options): Promise<void> {
  const rotated = await rotateKeys(store, config, systemClock, { ...(issuer === undefined ? {} : { issuer }), ...(alg === undefined ? {} : { alg }) });
  if (rotated.length === 0) throw new Error('No issuer and algorithm of the configuration match.');
  for (const key of rotated) console.log(`${key.issuer} ${key.alg}: ${key.kid} ${isEncryptionAlg(key.alg) ? 'is encrypted to' : 'signs'} now.`);
}
