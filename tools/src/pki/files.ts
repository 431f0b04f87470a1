import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { CertifiedKey } from './certificates.js';

/** Where a certificate and its key lie: `<stem>.crt.pem`, `<stem>.key.pem`. */
export const certificateFile = (stem: string): string => `${stem}.crt.pem`;
export const keyFile = (stem: string): string => `${stem}.key.pem`;

/** Reads a certificate and its key; `undefined` when either is missing. */
export async function readCertified(stem: string): Promise<CertifiedKey | undefined> {
  const [certificate, key] = await Promise.all([readText(certificateFile(stem)), readText(keyFile(stem))]);
  return certificate === undefined || key === undefined ? undefined : { certificate, key };
}

/** Keeps the key readable by its owner only. The key goes first: a certificate never stands without its key. */
export async function writeCertified(stem: string, value: CertifiedKey): Promise<void> {
  await writePrivate(keyFile(stem), value.key);
  await writeText(certificateFile(stem), value.certificate, 0o644);
}

/** Writes a file only its owner can read (0600), in folders only its owner can enter (0700). */
export async function writePrivate(file: string, text: string): Promise<void> {
  await writeText(file, text, 0o600);
}

/** The file's text, or `undefined` when it does not exist. */
export async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Replaced in one step, so that a reader sees the old text or the new, never half of it. */
async function writeText(file: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, text, { mode });
  await chmod(draft, mode);
  await rename(draft, file);
}
