import type { ListenerKind, ProxyConfig } from '@assent/config';
import type { Socket } from 'node:net';
import type { ClientCertificate } from '@assent/crypto';
import { addressBlocks, canonicalAddress, isLoopback, type AddressBlocks } from './addresses.js';

/** What holds for every request of one connection, found out once. */
export interface Connection {
  readonly kind: ListenerKind;
  readonly address: string;
  /** Whether the peer may speak for a client certificate and a caller's address. */
  readonly trustedProxy: boolean;
  /** Whether requests may come over it at all (a plain listener is for proxies). */
  readonly admitted: boolean;
  /** The certificate of an mtls connection, with the time it was judged. */
  certificate?: { readonly value: ClientCertificate | undefined; readonly readAt: number };
}

/** The connections of one app, by socket. */
export class Connections {
  private readonly bySocket = new WeakMap<Socket, Connection>();
  readonly trusted: AddressBlocks;

  constructor(proxy: ProxyConfig | undefined, private readonly admitLoopback: boolean) {
    this.trusted = addressBlocks(proxy?.trustedAddresses ?? [], 'proxy.trustedAddresses');
  }

  opened(socket: Socket, kind: ListenerKind): void {
    this.bySocket.set(socket, this.describe(socket, kind));
  }

  /** A socket of no listener (in-process injection) counts as a direct TLS caller without a certificate. */
  of(socket: Socket): Connection {
    let connection = this.bySocket.get(socket);
    if (connection === undefined) {
      connection = this.describe(socket, 'tls');
      this.bySocket.set(socket, connection);
    }
    return connection;
  }

  private describe(socket: Socket, kind: ListenerKind): Connection {
    const address = canonicalAddress(socket.remoteAddress ?? '');
    // An mtls listener is for clients themselves: there the certificate is the connection's, whoever calls. A proxy
    // that re-encrypts uses a tls listener, so that its own certificate is never taken for a client's.
    const trustedProxy = kind !== 'mtls' && this.trusted.contains(address);
    return { kind, address, trustedProxy, admitted: kind !== 'plain' || trustedProxy || (this.admitLoopback && isLoopback(address)) };
  }
}
