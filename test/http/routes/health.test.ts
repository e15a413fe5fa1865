import { type LocalServer, startLocalServer } from '../../fixtures/local-server';

describe('health', () => {
  let server: LocalServer;
  afterEach(() => server.close());

  const ask = async (path: string) => {
    const response = await fetch(`${server.url}${path}`);
    return [response.status, await response.json()];
  };

  it('is live and ready with a supergraph', async () => {
    server = await startLocalServer();
    expect(await ask('/health/live')).toEqual([200, { status: 'ok' }]);
    expect(await ask('/health/ready')).toEqual([200, { status: 'ok' }]);
  });

  it('is live and not ready before', async () => {
    server = await startLocalServer({}, { ready: false });
    expect(await ask('/health/live')).toEqual([200, { status: 'ok' }]);
    expect(await ask('/health/ready')).toEqual([503, { status: 'starting' }]);
    server.local.serve();
    expect(await ask('/health/ready')).toEqual([200, { status: 'ok' }]);
  });
});
