import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../gateway/config/load';
import { type Events, subscribe } from '../../gateway/events';
import { MemoryStore } from '../../gateway/store/memory-store';
import { StoreHost } from '../../gateway/store/store-host';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { SharedPort } from '../../gateway/workers/shared-port';
import { Workers } from '../../gateway/workers/workers';
import { askAfresh } from '../fixtures/fresh-connection';
import { temporaryDirectories } from '../fixtures/temporary-directory';

/** Others are not to be taken for dead, however busy the machine is. */
const UNRESPONSIVE_MS = 10_000;
const GOOD = { name: 'good', url: 'http://127.0.0.1:9/good', sdl: 'type Query { good: Int }' };

type WorkerChange = Events['worker.changed'];

class CountingHost extends StoreHost {
  joined = 0;

  override join(send: Parameters<StoreHost['join']>[0]): () => void {
    const leave = super.join(send);
    this.joined += 1;
    return () => {
      this.joined -= 1;
      leave();
    };
  }
}

describe('a workers', () => {
  const directory = temporaryDirectories();
  let workers: Workers;
  let shared: MemoryStore;
  let host: CountingHost;
  let port: SharedPort;
  let graphql: string;
  let sdl: string;
  let changes: WorkerChange[];
  let stopListening: () => void;

  beforeAll(async () => {
    ({ sdl } = await composeSubgraphs([GOOD]));
    await closeCompositionThread();
  });

  beforeEach(async () => {
    const file = join(directory(), 'headgate.yaml');
    writeFileSync(
      file,
      'server: { workers: 2 }\nlog: { level: silent }\nsupergraph: { source: registry, checkpoint: false }\n',
    );
    const { source } = await loadConfig({ path: file });
    changes = [];
    stopListening = subscribe('worker.changed', (change) => changes.push(change));
    port = new SharedPort({ host: '127.0.0.1', port: 0 });
    const address = await port.listen();
    graphql = `${address.url}/graphql`;
    shared = new MemoryStore();
    host = new CountingHost(shared);
    workers = new Workers({
      wanted: 2,
      port,
      address,
      config: source,
      store: host,
      log: () => {},
      unresponsiveMs: UNRESPONSIVE_MS,
    });
    await workers.start();
  });
  afterEach(async () => {
    await workers.drain('the test', 0);
    port.destroy();
    stopListening();
  });

  const instances = new Map();
  const serve = (text: string) => workers.serve({ sdl: text, origin: 'test', instances });

  /** Resolves with the next change of this kind. */
  function next(state: WorkerChange['state']): Promise<WorkerChange> {
    return new Promise((resolve) => {
      const stop = subscribe('worker.changed', (change) => {
        if (change.state !== state) return;
        stop();
        resolve(change);
      });
    });
  }

  it('says so while it has nothing to serve', async () => {
    expect(workers.count).toEqual({ ready: 0, wanted: 2 });
    expect((await askAfresh(graphql, '{ __typename }')).status).toBe(503);
  });

  it('takes a supergraph over together, or not at all', async () => {
    await serve(sdl);
    expect(workers.count).toEqual({ ready: 2, wanted: 2 });
    await expect(serve('type Query { broken: ')).rejects.toMatchObject({ code: 'SUPERGRAPH_INVALID' });
    expect(workers.count).toEqual({ ready: 2, wanted: 2 });
    expect((await askAfresh(graphql, '{ __typename }')).body).toEqual({ data: { __typename: 'Query' } });
    expect(changes.map(({ state }) => state)).toEqual(['online', 'online']);
  });

  it('replaces a worker that stands still', async () => {
    await serve(sdl);
    // Not to the spare: the first message that it gets is to make a worker of it.
    shared.publish('topic', Buffer.from('message'));
    const [worker] = workers.online;
    const gone = next('gone');
    const online = next('online');
    process.kill(worker?.pid ?? 0, 'SIGSTOP');
    expect(await gone).toMatchObject({ pid: worker?.pid, reason: 'signal SIGKILL' });
    await online;
    expect(workers.count).toEqual({ ready: 2, wanted: 2 });
    expect(workers.deaths).toBe(1);
    expect(host.joined).toBe(2);
  });
});
