import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';

interface Watched {
  socket: Socket;
  inFlight: number;
  served: number;
}

/** How long a connection that has not sent anything yet may still send its first request once closing. */
const firstRequestMs = 250;
const sweepMs = 25;

/** Knows which connections are busy, so that closing waits for these and for no idle one. */
export class Drain {
  private readonly watched = new Map<string, Watched>();
  private startedAt: number | undefined;

  get started(): boolean {
    return this.startedAt !== undefined;
  }

  watch(server: Server | TlsServer): void {
    server.on('connection', (socket: Socket) => this.add(socket));
    // The encrypted connection takes the place of its transport, which has the same end points.
    if (server instanceof TlsServer) server.on('secureConnection', (socket: Socket) => this.add(socket));
    server.on('request', (request: IncomingMessage, response: ServerResponse) => this.begin(request, response));
  }

  /** Resolves when no connection is left; those still busy after `limitMs` are cut. */
  async run(limitMs: number): Promise<void> {
    this.startedAt = performance.now();
    while (this.watched.size > 0) {
      const waited = performance.now() - this.startedAt;
      for (const { socket, inFlight, served } of this.watched.values()) {
        if (waited >= limitMs || (served === 0 && inFlight === 0 && waited >= firstRequestMs)) socket.destroy();
        // What was answered last may still be on its way out.
        else if (served > 0 && inFlight === 0) socket.destroySoon();
      }
      if (this.watched.size > 0) await new Promise((resolve) => setTimeout(resolve, sweepMs));
    }
  }

  private add(socket: Socket): void {
    const key = endPoints(socket);
    this.watched.set(key, { socket, inFlight: 0, served: 0 });
    socket.once('close', () => {
      if (this.watched.get(key)?.socket === socket) this.watched.delete(key);
    });
  }

  private begin(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.watched.get(endPoints(request.socket));
    if (connection === undefined) return;
    connection.inFlight += 1;
    response.once('close', () => {
      connection.inFlight -= 1;
      connection.served += 1;
    });
  }
}

const endPoints = ({ remoteAddress, remotePort, localPort }: Socket) => `${remoteAddress}|${remotePort}|${localPort}`;
