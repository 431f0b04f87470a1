import { isIP } from 'node:net';
import type { OutboundConfig } from '@assent/config';
import { addressBlocks } from '../transport/addresses.js';
import { isReachable, systemResolve, type Resolve } from './guarded-connect.js';

/** Whether an address leads inside, as far as that can be told today. */
export type AddressCheck = (url: string) => Promise<'internal' | 'outside' | 'unknown'>;

/**
 * Tells early that an address somebody registers leads inside the own network. Whatever is fetched or posted later is
 * judged again when connecting: a name may lead elsewhere by then.
 */
export function createAddressCheck({ allowPrivateAddresses, timeoutMs }: OutboundConfig, resolve: Resolve = systemResolve): AddressCheck {
  const allowed = addressBlocks(allowPrivateAddresses, 'outbound.allowPrivateAddresses');
  return async (url) => {
    if (!URL.canParse(url)) return 'unknown';
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
    const addresses = isIP(host) ? [host] : await resolved(host, resolve, timeoutMs);
    if (addresses.length === 0) return 'unknown';
    return addresses.some((address) => isReachable(address, allowed)) ? 'outside' : 'internal';
  };
}

async function resolved(host: string, resolve: Resolve, timeoutMs: number): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<[]>((done) => (timer = setTimeout(done, timeoutMs, [])));
  try {
    return (await Promise.race([resolve(host), late])).map(({ address }) => address);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
