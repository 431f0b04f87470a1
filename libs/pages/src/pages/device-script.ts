import { createHash } from 'node:crypto';
import { SafeUrl } from '../html/safe-url.js';

/*
 * Served at `/assets/device.js`: keeps the list of waiting requests fresh, and looks again when one ends. It takes the
 * same page the browser would get by a reload and puts the new list in the old one's place. Pages work without it.
 */
export const deviceScriptText = `'use strict';
(() => {
  const listId = 'waiting';
  let looking = false;
  let again = false;
  let timer;

  /* Past the longest delay there is, a timer would fire at once. */
  const later = (work, seconds) => setTimeout(work, Math.min(seconds, 86400) * 1000);

  async function look() {
    if (looking) return void (again = true);
    looking = true;
    try {
      const answer = await fetch(location.href, { credentials: 'same-origin', headers: { accept: 'text/html' } });
      const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
      const fresh = page.getElementById(listId);
      if (!fresh) return void location.reload();
      const old = document.getElementById(listId);
      if (fresh.innerHTML !== old.innerHTML) replace(old, fresh, page.title);
      watchEnd(document.getElementById(listId));
    } catch {
      /* No connection: the next wake-up, or a reload, brings it. */
    } finally {
      looking = false;
      if (again) {
        again = false;
        void look();
      }
    }
  }

  /* Whoever is on a request with the keyboard stays on it. */
  function replace(old, fresh, title) {
    const held = old.contains(document.activeElement) ? document.activeElement.id : '';
    old.replaceWith(document.adoptNode(fresh));
    document.title = title;
    if (held) document.getElementById(held)?.focus();
    const said = document.getElementById('said');
    if (said) said.textContent = fresh.dataset.said;
  }

  function watchEnd(list) {
    clearTimeout(timer);
    const { seconds } = list.dataset;
    if (seconds) timer = later(look, Number(seconds) + 1);
  }

  const list = document.getElementById(listId);
  if (list) {
    watchEnd(list);
    const { events } = list.dataset;
    const stream = new EventSource(events);
    stream.addEventListener('changed', look);
    stream.addEventListener('error', () => {
      /* Refused for good: too many pages are open. */
      if (stream.readyState === EventSource.CLOSED) setInterval(look, 15000);
    });
    document.addEventListener('visibilitychange', () => void (document.visibilityState === 'visible' && look()));
  }

  const until = document.getElementById('until');
  if (until) later(() => location.reload(), Number(until.dataset.seconds) + 1);
})();
`;
export const deviceScriptETag: string = `"${createHash('sha256').update(deviceScriptText).digest('base64url').slice(0, 22)}"`;

export const deviceScript = SafeUrl.of('/assets/device.js');
