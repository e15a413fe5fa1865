import { once } from 'node:events';
import { createServer } from 'node:net';
import { checkPortsAreFree } from '../../../gateway/cli/demo/free-ports';
import { reservedPort } from '../../fixtures/reserved-port';

describe('checkPortsAreFree', () => {
  const place = { host: '127.0.0.1', owner: 'products-2', remedy: 'choose another' };

  it('names the port, who wants it and the remedy', async () => {
    const port = await reservedPort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await expect(
      checkPortsAreFree([
        { ...place, port: 0 },
        { ...place, port },
      ]),
    ).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `port ${port} on 127.0.0.1, for products-2, is taken: choose another`,
    });
    other.close();
    await once(other, 'close');
    await expect(checkPortsAreFree([{ ...place, port }])).resolves.toBeUndefined();
  });

  it('names an address that is not of this machine', async () => {
    await expect(checkPortsAreFree([{ ...place, host: '192.0.2.1', port: 0 }])).rejects.toMatchObject({
      message: 'port 0 on 192.0.2.1, for products-2, cannot be listened on (EADDRNOTAVAIL): choose another',
    });
  });
});
