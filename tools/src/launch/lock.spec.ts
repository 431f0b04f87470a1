import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataFolder, runningDatabasePort } from './lock.js';

describe('the lock of a data folder', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'assent-lock-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is held by one at a time, and names the holder and the way out', async () => {
    const lock = await lockDataFolder(folder, 9432);
    await expect(lockDataFolder(folder, 9432)).rejects.toThrow(`already running on ${folder} (process ${process.pid}). Stop it, or choose another data folder (ASSENT_DATA_FOLDER)`);
    lock.release();
    const again = await lockDataFolder(folder, 9432);
    expect(again.afterCrash).toBe(false);
    again.release();
  });

  it('is taken over from a process that is gone, and says so', async () => {
    await writeFile(join(folder, 'launcher.pid'), JSON.stringify({ pid: 4_190_000, started: '1', databasePort: 1 }));
    expect((await lockDataFolder(folder, 9432)).afterCrash).toBe(true);
  });

  it('is taken over from a process whose number was given to another', async () => {
    if (process.platform !== 'linux') return;
    await writeFile(join(folder, 'launcher.pid'), JSON.stringify({ pid: process.pid, started: '1', databasePort: 1 }));
    expect((await lockDataFolder(folder, 9432)).afterCrash).toBe(true);
  });

  it('is taken over from a file that says nothing', async () => {
    await writeFile(join(folder, 'launcher.pid'), 'half');
    expect((await lockDataFolder(folder, 9432)).afterCrash).toBe(true);
  });

  it('goes to one of many that ask at once', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataFolder(folder, 9432)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('tells the port of the running database, and leaves nothing behind', async () => {
    expect(await runningDatabasePort(folder)).toBeUndefined();
    const lock = await lockDataFolder(folder, 12345);
    expect(await runningDatabasePort(folder)).toBe(12345);
    lock.release();
    expect(await runningDatabasePort(folder)).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });
});
