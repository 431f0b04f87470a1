import { readLine } from './log-line.js';

describe('a line of a process', () => {
  it.each([
    ['an info record', '{"level":30,"msg":"request"}', false, { level: 'info', text: 'request' }],
    ['a warning with its cause', '{"level":40,"msg":"cannot fetch","err":{"message":"timed out"}}', false, { level: 'warn', text: 'cannot fetch (timed out)' }],
    ['a cause the message already tells', '{"level":50,"msg":"failed: timed out","err":{"message":"timed out"}}', false, { level: 'error', text: 'failed: timed out' }],
    ['the request it was about', '{"level":50,"msg":"failed","requestId":"r-1"}', false, { level: 'error', text: 'failed [request r-1]' }],
    ['plain text', 'hello', false, { level: 'info', text: 'hello' }],
    ['a complaint', 'no database', true, { level: 'error', text: 'no database' }],
    ["Node's own warning", '(node:12) DeprecationWarning: old', true, { level: 'info', text: '(node:12) DeprecationWarning: old' }],
    ['half a record', '{"level":', false, { level: 'info', text: '{"level":' }],
  ])('is read from %s', (_what, raw, fromStderr, expected) => {
    expect(readLine(raw, fromStderr)).toMatchObject(expected);
  });
});
