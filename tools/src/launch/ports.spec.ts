import { createServer, type AddressInfo, type Server } from 'node:net';
import { takenPorts, waitForPorts } from './ports.js';

const listen = (port = 0): Promise<Server> => new Promise((resolve) => {
  const server = createServer().listen(port, '127.0.0.1', () => resolve(server));
});
const address = (port: number, key = 'relyingParty.publicUrl (ASSENT_RELYING_PARTY_PUBLIC_URL)') => ({ what: 'relying party', host: '127.0.0.1', port, key });

describe('the check of ports before a start', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    server = await listen();
    port = (server.address() as AddressInfo).port;
  });
  afterEach(() => void server.close());

  it('names port, purpose, owner and what to change in one line', async () => {
    const lines = await takenPorts([address(port)]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(new RegExp(`^Port ${port} \\(relying party\\) is in use.*Stop that program, or change relyingParty\\.publicUrl \\(ASSENT_RELYING_PARTY_PUBLIC_URL\\)\\.$`));
    if (process.platform === 'linux') expect(lines[0]).toContain(`(process ${process.pid})`);
    expect(lines[0]).not.toContain('\n');
  });

  it('says nothing when everything is free', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await takenPorts([address(port)])).toEqual([]);
  });

  it('finds a port that is configured twice', async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await takenPorts([address(port, 'a'), address(port, 'b')])).toEqual([expect.stringMatching(/is configured twice: a .* and b /)]);
  });

  it('says when the address does not exist here', async () => {
    expect(await takenPorts([{ ...address(port), host: '192.0.2.1' }])).toEqual([expect.stringContaining('does not exist on this machine')]);
  });

  it('waits for ports that are being released', async () => {
    setTimeout(() => server.close(), 100);
    await waitForPorts([address(port)], 5000);
    expect(await takenPorts([address(port)])).toEqual([]);
  });
});
