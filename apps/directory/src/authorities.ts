import type { AssentConfig, DirectoryConfig } from '@assent/config';
import { StartupError } from '@assent/http';
import { AuthorityError, openAuthority, type Authority } from '@assent/pki';
import { readFile } from 'node:fs/promises';

/** The configured authority. `StartupError` names the file that cannot be used. */
export async function readAuthority({ authorityCertificateFile, authorityKeyFile }: DirectoryConfig): Promise<Authority> {
  const read = (file: string, setting: string): Promise<string> =>
    readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw new StartupError(`the directory cannot read ${file} (${cause.code}): set directory.${setting} to a PEM file`, { cause });
    });
  const [certificate, key] = await Promise.all([read(authorityCertificateFile, 'authorityCertificateFile'), read(authorityKeyFile, 'authorityKeyFile')]);
  try {
    return openAuthority(certificate, key);
  } catch (cause) {
    if (!(cause instanceof AuthorityError)) throw cause;
    throw new StartupError(`the directory cannot use ${authorityCertificateFile} with ${authorityKeyFile}: ${cause.message}`, { cause });
  }
}

/** The issuers of the same deployment that third parties may look for. */
export const ownServers = ({ issuers, bank }: Pick<AssentConfig, 'issuers' | 'bank'>): readonly { readonly name: string; readonly issuer: string; readonly market: string | undefined }[] =>
  issuers.filter(({ signsIn }) => signsIn === 'customers').map(({ issuer, market }) => ({ name: bank.name, issuer, market: market?.name }));
