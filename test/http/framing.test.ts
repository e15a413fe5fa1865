import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stopParsing } from '../../gateway/http/framing';
import { RawSocket } from '../fixtures/raw-socket';

describe('the end of parsing', () => {
  it('leaves what was read unread: Node makes no requests of it any more', async () => {
    let made = 0;
    const server = createServer((request) => {
      made += 1;
      if (made !== 10) return;
      stopParsing(request.socket);
      request.socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // The address of a TCP server that listens.
    const client = await RawSocket.open((server.address() as AddressInfo).port);
    client.send('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(1_000));
    await client.untilClosed();
    expect(made).toBe(10);
    await new Promise((resolve) => server.close(resolve));
  });
});
