import type { Exchange } from './exchange.js';
import { Timeline } from './timeline.js';

const called = (step: string) => ({ step }) as Exchange;

describe('the timeline', () => {
  it('numbers its exchanges and has the newest first', () => {
    const timeline = new Timeline();
    timeline.keep(called('one'));
    timeline.keep(called('two'));
    expect(timeline.newestFirst.map(({ number, exchange }) => [number, exchange.step])).toEqual([[2, 'two'], [1, 'one']]); // prettier-ignore
  });

  it('keeps the latest sixty under their own numbers', () => {
    const timeline = new Timeline();
    for (let index = 1; index <= 75; index += 1) timeline.keep(called(String(index)));
    expect(timeline.count).toBe(75);
    expect(timeline.newestFirst).toHaveLength(60);
    expect(timeline.newestFirst.at(-1)).toEqual({ number: 16, exchange: called('16') });
    timeline.clear();
    expect([timeline.count, timeline.newestFirst]).toEqual([0, []]);
  });
});
