import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from './turns.js';

describe('turns', () => {
  it('come one after the other for one key, and at once for others', async () => {
    const turns = new Turns(10_000);
    const log: string[] = [];
    const work = (key: string, name: string) =>
      turns.take(key, async () => {
        log.push(`${name} begins`);
        await sleep(5);
        log.push(`${name} ends`);
        return name;
      });
    expect(await Promise.all([work('a', '1'), work('a', '2'), work('b', '3')])).toEqual(['1', '2', '3']);
    expect(log.filter((line) => !line.startsWith('3'))).toEqual(['1 begins', '1 ends', '2 begins', '2 ends']);
    expect(log.indexOf('3 begins')).toBeLessThan(log.indexOf('2 begins'));
    expect(turns.size).toBe(0);
  });

  it('go on after a failure', async () => {
    const turns = new Turns(10_000);
    const failing = turns.take('a', () => Promise.reject(new Error('no')));
    const next = turns.take('a', async () => 'done');
    await expect(failing).rejects.toThrow('no');
    expect([await next, turns.size]).toEqual(['done', 0]);
  });

  it('lapse when they come too late', async () => {
    const turns = new Turns(1);
    const done: number[] = [];
    const slow = turns.take('a', () => sleep(50));
    const late = [1, 2].map((each) => turns.take('a', async () => done.push(each)));
    await slow;
    expect([await Promise.all(late), done, turns.size]).toEqual([[undefined, undefined], [], 0]);
  });
});
