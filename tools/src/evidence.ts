import { readFile, writeFile } from 'node:fs/promises';
import { makeArchive, serializeArchive, timelineOf, verifyArchive, type Verdict } from '@assent/crypto';
import { openDatabase } from '@assent/persistence';
import { systemClock, type PublicJwk } from '@assent/protocol';
import { KeyRings } from '@assent/signing-keys';
import { pino } from 'pino';
import { command, configOf, run } from './launch/command.js';
import { withDatabase } from './launch/database-access.js';

const program = command('npm run evidence --', 'Evidence of what was signed for a grant.');
program
  .command('export')
  .description('write everything about one grant into one file, signed by its issuer')
  .requiredOption('--grant <id>', 'the grant’s id')
  .requiredOption('--out <file>', 'the file to write')
  .action(({ grant, out }: { readonly grant: string; readonly out: string }) => exportEvidence(program.opts<{ readonly config?: string }>(), grant, out));
program
  .command('verify')
  .description('check a file, with no database and no network, and print who said what')
  .argument('<file>', 'what export wrote')
  .option('--keys <file>', 'the issuer’s key set (JWKS) as you know it: the file must be signed by one of them')
  .action((file: string, { keys }: { readonly keys?: string }) => verifyEvidence(file, keys));
await program.parseAsync();

async function exportEvidence(options: { readonly config?: string }, grantId: string, out: string): Promise<void> {
  await run(async () => {
    const config = await configOf(options);
    await withDatabase(config, process.env, async (url) => {
      const database = await openDatabase({ url, poolSize: 1, encryptionKey: config.encryptionKey, applicationName: 'assent evidence' });
      try {
        const chain = await database.stores.evidence.chain(grantId);
        if (!chain) throw new Error(`There is no grant ${grantId}.`);
        const issuer = config.issuers.find((one) => one.issuer === chain.issuer);
        if (!issuer) throw new Error(`The grant is of ${chain.issuer}, which is no issuer of this configuration.`);
        const rings = await KeyRings.open({ store: database.stores.signingKeys, issuers: [issuer], rotation: config.authorizationServer.keyRotation, clock: systemClock, log: pino({ level: 'silent' }) });
        const archive = await makeArchive(chain, { issuer: chain.issuer, key: rings.of(chain.issuer).signing(issuer.accessTokenAlg), now: systemClock.now() }).finally(() => rings.close());
        await writeFile(out, serializeArchive(archive), { mode: 0o600 });
        console.log(`${out}: ${archive.links.length} links, ${Object.keys(archive.artefacts).length} signed messages. It holds tokens and personal data: treat it so.`);
      } finally {
        await database.close();
      }
    });
  });
}

async function verifyEvidence(file: string, keys: string | undefined): Promise<void> {
  await run(async () => {
    const trusted = keys === undefined ? undefined : (JSON.parse(await readFile(keys, 'utf8')) as { readonly keys: readonly PublicJwk[] }).keys;
    const verdict = verifyArchive(await readFile(file), trusted);
    console.log(reportOf(verdict, trusted !== undefined));
    if (verdict.faults.length > 0) process.exitCode = 1;
  });
}

function reportOf({ faults, links, grant, issuer, signedBy }: Verdict, trusted: boolean): string {
  const lines = timelineOf(links).map(({ at, who, what, link, signature }) => {
    const signed = signature === undefined ? '' : `\n    ${printable(signature)}`;
    return `${printable(at)}  ${printable(who)}\n    ${printable(what)}  [link ${link}]${signed}`;
  });
  const compare = trusted ? ', which is one of the trusted keys.' : '. Compare this thumbprint with the issuer’s, or give its key set by --keys.';
  const head = signedBy ? [`Signed by ${printable(issuer ?? '')} on ${signedBy.at.toISOString()}, key ${signedBy.thumbprint}${compare}`] : [];
  const wrong = faults.map(({ where, what }) => `  ${printable(where)}: ${printable(what)}`);
  const outcome = faults.length === 0 ? ['Everything holds: each signature, key, link and the signed head.'] : ['NOT to be relied on:', ...wrong];
  return [`Grant ${printable(grant ?? '(unknown)')}`, '', ...lines, '', ...head, ...outcome].join('\n');
}

/** A file from somebody else must not begin lines, move the cursor or write right to left over what is said of it. */
function printable(text: string): string {
  return text.replace(/\p{C}/gu, '?');
}
