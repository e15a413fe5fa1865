import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { startService } from '../../../gateway/cli/demo/service-process';

describe('startService', () => {
  const inventory = { service: 'inventory', instance: 'here', port: 0, deadlineMs: 120_000 };

  it('starts a process that answers, and stops it', async () => {
    const service = await startService(inventory);
    const response = await fetch(`${service.url}/health`);
    expect(await response.json()).toEqual({ status: 'ok' });
    await service.stop(60_000);
    expect(await service.ended).toBe('exit code 0');
  });

  it('says how the process ended', async () => {
    const service = await startService(inventory);
    process.kill(service.pid, 'SIGKILL');
    expect(await service.ended).toBe('signal SIGKILL');
  });

  it('passes on why the process cannot listen', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await expect(startService({ ...inventory, port })).rejects.toMatchObject({
      code: 'SUBGRAPH_UNREACHABLE',
      message: `here ended before it listened (exit code 1): here: listen EADDRINUSE: address already in use 127.0.0.1:${port}`,
    });
    other.close();
  });

  it('gives up on a process that does not listen in time', async () => {
    await expect(startService({ ...inventory, deadlineMs: 1 })).rejects.toMatchObject({
      message: 'here did not listen within 1 ms: it said nothing',
    });
  });
});
