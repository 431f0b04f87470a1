import { createServer, connect, type Socket } from 'node:net';

/** A TCP relay in front of a port, as slow or as broken as a test wants. */
export interface SlowRoad {
  readonly port: number;
  /** Milliseconds every byte is late, each way. */
  delayMs: number;
  /** Nothing passes, and nothing is closed: a network that swallows. */
  silent: boolean;
  /** Connections made since the start. */
  connections: number;
  close(): Promise<void>;
}

export async function openSlowRoad(to: number): Promise<SlowRoad> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    road.connections += 1;
    const far = connect(to, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    const pass = (from: Socket, into: Socket): void => {
      from.on('data', (chunk) => void setTimeout(() => void (road.silent || into.write(chunk)), road.delayMs));
      from.on('close', () => void setTimeout(() => into.destroy(), road.delayMs));
    };
    pass(near, far);
    pass(far, near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const road: SlowRoad = {
    port: (server.address() as { port: number }).port,
    delayMs: 0,
    silent: false,
    connections: 0,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return road;
}
