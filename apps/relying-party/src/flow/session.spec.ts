import { BrowserSessions } from './session.js';

describe('browser sessions', () => {
  it('are found by an id nobody can guess', () => {
    const sessions = new BrowserSessions();
    const session = sessions.start();
    expect(session.id).toMatch(/^[\w-]{43}$/);
    expect(session.csrf).not.toBe(session.id);
    expect(sessions.find(session.id)).toBe(session);
    expect(sessions.find('chosen-by-somebody-else')).toBeUndefined();
    expect(sessions.find(undefined)).toBeUndefined();
  });

  it('end an hour after the last visit', () => {
    let now = 1;
    const sessions = new BrowserSessions(() => now);
    const { id } = sessions.start();
    now += 3_599_000;
    expect(sessions.find(id)).toBeDefined();
    now += 3_599_000;
    expect(sessions.find(id)).toBeDefined();
    now += 3_601_000;
    expect(sessions.find(id)).toBeUndefined();
  });

  it('leave an id behind that is worth nothing', () => {
    const sessions = new BrowserSessions();
    const session = sessions.start();
    const planted = session.id;
    sessions.renew(session);
    expect(sessions.find(planted)).toBeUndefined();
    expect(sessions.find(session.id)).toBe(session);
  });

  it('are no more than 200', () => {
    const sessions = new BrowserSessions();
    const first = sessions.start();
    for (let index = 0; index < 200; index += 1) sessions.start();
    expect(sessions.find(first.id)).toBeUndefined();
  });
});
