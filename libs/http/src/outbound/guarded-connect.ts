import ipaddr from 'ipaddr.js';
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { promisify } from 'node:util';
import { isIP, type LookupFunction } from 'node:net';
import { checkServerIdentity, type PeerCertificate, type TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { readAddress, type AddressBlocks } from '../transport/addresses.js';
import { cipherSuites } from '../tls.js';
import { OutboundError } from './outbound-error.js';

/** Resolves a host name; the system's resolver by default. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

const nat64 = ipaddr.IPv6.parse('64:ff9b::');
const globalUnicast = ipaddr.IPv6.parse('2000::');
const lookupAll = promisify(systemLookup);
export const systemResolve: Resolve = (hostname) => lookupAll(hostname, { all: true });

export interface GuardedConnectOptions {
  readonly allowed: AddressBlocks;
  readonly authorities: readonly string[];
  readonly resolve: Resolve;
  readonly timeoutMs: number;
  /** Plain HTTP as well, for what is signed itself. */
  readonly allowPlain?: boolean | undefined;
  readonly clientCertificate: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * An undici connector that never reaches an internal address: names are resolved here and only the addresses that
 * pass are connected to, so that a second answer of a hostile name server changes nothing.
 */
export function guardedConnector(options: GuardedConnectOptions): buildConnector.connector {
  const connect = buildConnector({
    lookup: guardedLookup(options),
    ca: [...options.authorities],
    minVersion: 'TLSv1.2',
    ciphers: cipherSuites,
    checkServerIdentity: identityByAlternativeName,
    timeout: options.timeoutMs,
    ...options.clientCertificate,
  } as buildConnector.BuildOptions);
  return (target, callback) => {
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (target.protocol !== 'https:' && !options.allowPlain) return callback(new OutboundError('only https is allowed'), null);
    // Node does not look literals up.
    if (isIP(host) && !isReachable(host, options.allowed)) return callback(new OutboundError('the address is internal'), null);
    connect({ ...target, hostname: host }, (...[error, socket]) => {
      if (error) return callback(error, null);
      if (isReachable((socket as TLSSocket).remoteAddress ?? '', options.allowed)) return callback(null, socket);
      socket.destroy();
      callback(new OutboundError('the address is internal'), null);
    });
  };
}

function guardedLookup({ resolve, allowed }: GuardedConnectOptions): LookupFunction {
  return (hostname, lookupOptions, callback) => {
    const answer = (addresses: readonly LookupAddress[]) => {
      const good = addresses.filter(({ address }) => isReachable(address, allowed));
      const [first] = good;
      if (first === undefined) return callback(new OutboundError(addresses.length === 0 ? 'the name has no address' : 'the address is internal'), '', 0);
      if (lookupOptions.all) callback(null, good);
      else callback(null, first.address, first.family);
    };
    resolve(hostname).then(answer, (cause: unknown) => callback(new OutboundError('the name cannot be resolved', { cause }), '', 0));
  };
}

/** Whether an address is public unicast, or inside a block the operator allows. Addresses that carry an IPv4 address are judged by that. */
export function isReachable(text: string, allowed: AddressBlocks): boolean {
  const address = readAddress(text);
  if (address === undefined) return false;
  if (allowed.contains(address.toString())) return true;
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast';
  // The well-known NAT64 prefix (RFC 6052) reaches the IPv4 address in its last 32 bits. Local NAT64 prefixes, 6to4
  // and Teredo are refused like every other special range.
  if (address.match(nat64, 96)) return isReachable(ipaddr.fromByteArray(address.toByteArray().slice(12)).toString(), allowed);
  return address.range() === 'unicast' && address.match(globalUnicast, 3);
}

/** RFC 9525: the subject's common name is no identity. */
export function identityByAlternativeName(host: string, certificate: PeerCertificate): Error | undefined {
  if (!/(^|, )(DNS|IP Address):/.test(certificate.subjectaltname ?? '')) return new Error('the certificate names no host');
  return checkServerIdentity(host, certificate);
}
