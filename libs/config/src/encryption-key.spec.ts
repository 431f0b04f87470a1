import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptionKey } from './encryption-key.js';
import { sample } from './fixtures/configuration.js';
import { parseConfig } from './load.js';

const base64 = (length: number): string => Buffer.alloc(length, 9).toString('base64');
const expected = 'expected base64 of 32 random bytes (openssl rand -base64 32), found something else';

describe('the encryption key of development', () => {
  let dataFolder: string;
  let file: string;
  beforeEach(() => {
    dataFolder = join(mkdtempSync(join(tmpdir(), 'assent-key-')), 'data');
    file = join(dataFolder, 'encryption.key');
  });
  afterEach(() => rmSync(join(dataFolder, '..'), { recursive: true }));
  const key = (keep = true, env = {}) => encryptionKey(env, { mode: 'development', dataFolder, keep }).reveal();

  it('is made once, for its owner only', () => {
    const made = key();
    expect(made).toHaveLength(32);
    expect(readFileSync(file, 'utf8')).toBe(`${made.toString('base64')}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(key()).toEqual(made);
    expect(readdirSync(dataFolder)).toEqual(['encryption.key']);
  });

  it('is one, whoever comes first', () => {
    mkdirSync(dataFolder);
    writeFileSync(file, base64(32));
    expect(key()).toEqual(Buffer.alloc(32, 9));
  });

  it('is not written by a check', () => {
    expect(key(false)).toHaveLength(32);
    expect(existsSync(dataFolder)).toBe(false);
  });

  it('is not written, nor is anything else, when something is wrong', async () => {
    const parse = (text: string) => parseConfig(text, { env: { ASSENT_DATA_FOLDER: dataFolder }, cwd: '/nowhere' });
    await expect(parse(sample.replace('fapi2-security', 'none'))).rejects.toThrow();
    await expect(parse(sample.replace('client_id: tally', 'client_id: customer-1'))).rejects.toThrow();
    expect(existsSync(dataFolder)).toBe(false);
    const { encryptionKey: made } = await parse(sample);
    expect(readFileSync(file, 'utf8').trim()).toBe(made.reveal().toString('base64'));
    expect(String(made) + JSON.stringify({ made })).not.toContain(made.reveal().toString('base64'));
  });

  it.each([['too short', base64(31)], ['too long', base64(33)], ['not base64', 'x'.repeat(31) + '!'], ['nothing', '']])('is refused when the file holds one %s', (_what, text) => {
    mkdirSync(dataFolder);
    writeFileSync(file, text);
    expect(() => key()).toThrow(`${file}: ${expected}`);
    expect(readFileSync(file, 'utf8')).toBe(text);
  }); // prettier-ignore

  it('names a data folder that cannot be written', () => {
    writeFileSync(dataFolder, 'a file');
    expect(() => key()).toThrow(new RegExp(`^${dataFolder}/encryption.key: cannot be read \\(ENOTDIR\\)|^${dataFolder}: the data folder cannot be written`));
    rmSync(dataFolder);
    if (process.getuid?.() === 0) return; // nothing is unwritable for root
    chmodSync(join(dataFolder, '..'), 0o500);
    expect(() => key()).toThrow(`${dataFolder}: the data folder cannot be written (EACCES); change dataFolder, or ASSENT_DATA_FOLDER`);
    chmodSync(join(dataFolder, '..'), 0o700);
  });
});

describe('ASSENT_ENCRYPTION_KEY', () => {
  const key = (text: string, mode: 'development' | 'production' = 'production') => encryptionKey({ ASSENT_ENCRYPTION_KEY: text }, { mode, dataFolder: '/nowhere', keep: true }).reveal();

  it.each([base64(32), ` ${base64(32)}\n`, Buffer.alloc(32, 255).toString('base64url')])('may be %j', (text) => expect(key(text)).toHaveLength(32));

  it.each([base64(16), base64(31), base64(33), base64(64), 'secret', `${base64(32)} ${base64(32)}`, 'ä'.repeat(43)])('may not be %j, in either mode', (text) => {
    for (const mode of ['development', 'production'] as const) expect(() => key(text, mode)).toThrow(`environment: ASSENT_ENCRYPTION_KEY: ${expected}`);
  });
});
