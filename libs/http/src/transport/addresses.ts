import ipaddr from 'ipaddr.js';
import { StartupError } from '../startup-error.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A set of address blocks; a block of IPv4-mapped IPv6 addresses is the IPv4 block. */
export interface AddressBlocks {
  contains(address: string): boolean;
}

/** Reads `10.0.0.0/8`, `::1/128` or single addresses. `StartupError` names the entry that is neither. */
export function addressBlocks(entries: readonly string[], setting: string): AddressBlocks {
  const blocks = entries.map((entry) => readBlock(entry, setting));
  return {
    contains(address) {
      const parsed = readAddress(address);
      return parsed !== undefined && blocks.some(([base, bits]) => base.kind() === parsed.kind() && parsed.match(base, bits));
    },
  };
}

/** The canonical text of an address: no IPv4-mapped IPv6, no zone. The text itself when it is not an address. */
export function canonicalAddress(text: string): string {
  return readAddress(text)?.toString() ?? text;
}

export function isLoopback(text: string): boolean {
  return readAddress(text)?.range() === 'loopback';
}

export function readAddress(text: string): Address | undefined {
  const bare = text.split('%', 1)[0] ?? text;
  // `isValid` also takes octal and single-number IPv4 forms, which no peer address has.
  if (!ipaddr.IPv4.isValidFourPartDecimal(bare) && !ipaddr.IPv6.isValid(bare)) return undefined;
  return ipaddr.process(bare);
}

/**
 * The caller's address by `X-Forwarded-For`: from the right, each address a trusted proxy vouches for, up to the
 * first that is none. An entry that is no address ends the walk.
 */
export function forwardedAddress(header: string | undefined, peer: string, trusted: AddressBlocks): string {
  let caller = peer;
  for (const entry of (header ?? '').split(',').reverse()) {
    const address = readAddress(withoutPort(entry.trim()));
    if (address === undefined) return caller;
    caller = address.toString();
    if (!trusted.contains(caller)) return caller;
  }
  return caller;
}

/** `[2001:db8::1]:443` and `192.0.2.1:443`, as some proxies write them. */
function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text);
  if (bracketed) return bracketed[1] ?? text;
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(text) ? text.slice(0, text.indexOf(':')) : text;
}

function readBlock(entry: string, setting: string): readonly [Address, number] {
  const [base = '', bits] = entry.split('/');
  const address = readAddress(base);
  const width = address?.kind() === 'ipv4' ? 32 : 128;
  // A mapped block counts its bits from the IPv6 start.
  const mapped = base.includes(':') && width === 32 ? 96 : 0;
  const length = bits === undefined ? width : Number(bits) - mapped;
  if (address === undefined || !Number.isInteger(length) || length < 0 || length > width) {
    throw new StartupError(`${setting}: '${entry}' is not an IP address or CIDR block`);
  }
  return [address, length];
}
