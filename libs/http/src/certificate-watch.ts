import type { TlsConfig } from '@assent/config';
import { statSync } from 'node:fs';
import type { Listeners } from './listeners.js';
import type { Log } from './log.js';

const pollMs = 30_000;

/** Takes up renewed certificate files without a restart: when they change, or at once on SIGHUP. Returns the way to stop. */
export function watchCertificates(tls: TlsConfig, listeners: Listeners, log: Log, everyMs = pollMs): () => void {
  if (tls.certificateFile === undefined) return () => undefined;
  let seen = stamp(tls);
  const reload = () => {
    try {
      listeners.reloadCertificates();
      log.info('certificates reloaded');
    } catch (err) {
      // Half-written files: the next poll sees them complete.
      log.error({ err }, 'certificates not reloaded');
    }
  };
  const poll = () => {
    const now = stamp(tls);
    if (now === seen) return;
    seen = now;
    reload();
  };
  const timer = setInterval(poll, everyMs).unref();
  onHangup(reload);
  return () => {
    clearInterval(timer);
    offHangup(reload);
  };
}

function stamp({ certificateFile, keyFile }: TlsConfig): string {
  return [certificateFile, keyFile].map((file) => (file === undefined ? '' : changedAt(file))).join();
}

function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** One listener of the process for however many apps it runs. */
const onHangups = new Set<() => void>();
const hangup = () => {
  for (const reload of onHangups) reload();
};

function onHangup(reload: () => void): void {
  if (onHangups.size === 0) process.on('SIGHUP', hangup);
  onHangups.add(reload);
}

function offHangup(reload: () => void): void {
  onHangups.delete(reload);
  if (onHangups.size === 0) process.off('SIGHUP', hangup);
}
