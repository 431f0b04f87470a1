import { openTogether } from './opened.js';

const part = (name: string, closed: string[]) => ({ name, close: () => Promise.resolve(void closed.push(name)) });

describe('openTogether', () => {
  it('closes what was opened, the last one first, and once', async () => {
    const closed: string[] = [];
    const app = await openTogether(async (opened) => {
      await opened.keep(part('database', closed));
      const server = await opened.keep(Promise.resolve(part('server', closed)));
      return { name: server.name };
    });
    expect(app.name).toBe('server');
    await app.close();
    await app.close();
    expect(closed).toEqual(['server', 'database']);
  });

  it('closes what was opened before a part that fails', async () => {
    const closed: string[] = [];
    const opening = openTogether(async (opened) => {
      await opened.keep(part('database', closed));
      throw new Error('port taken');
    });
    await expect(opening).rejects.toThrow('port taken');
    expect(closed).toEqual(['database']);
  });
});
