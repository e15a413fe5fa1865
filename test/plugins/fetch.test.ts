import { HeadgateError } from '../../gateway/errors';
import { type Events, subscribe } from '../../gateway/events';
import { fetchStack } from '../../gateway/pipeline';
import type { Plugin } from '../../gateway/plugins/plugin';
import { pluginLayers } from '../../gateway/plugins/plugin-layers';
import { createPool } from '../../gateway/pool/instance-pool';
import type { Pool } from '../../gateway/pool/pool';
import { graphqlOverPool } from '../../gateway/transport/graphql';
import { subgraphOptions } from '../fixtures/federation';
import { fetchRequest } from '../fixtures/fetches';
import { newFlight } from '../fixtures/flight';
import { poolOptions } from '../fixtures/pool-options';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

/** The layers of plugins around fetches of a real subgraph. */
describe('a plugin around fetches', () => {
  let server: ScriptedServer;
  let pool: Pool;
  let defects: Events['internal.error'][];
  let stop: () => void;

  beforeEach(async () => {
    server = await startScriptedServer(answerJson({ data: { a: 1 } }));
    pool = createPool(poolOptions([server.url]));
    defects = [];
    stop = subscribe('internal.error', (event) => defects.push(event));
  });
  afterEach(async () => {
    stop();
    await pool.close(0);
    await server.kill();
  });

  function fetching(...plugins: Plugin[]) {
    const options = subgraphOptions('products', server.url);
    return fetchStack(options, graphqlOverPool(options, pool), pluginLayers(plugins));
  }

  it('is told which subgraph it is around, sees the request as it is sent, and adds headers', async () => {
    const seen: unknown[] = [];
    const plugin: Plugin = {
      name: 'sees',
      fetch: (next, subgraph) => async (request, flight) => {
        const answer = await next(request.withHeaders({ ...request.headers, 'x-seen': subgraph }), flight);
        seen.push(request.bodyText, answer.status, answer.content.data);
        return answer;
      },
    };
    await fetching(plugin)(fetchRequest({ variables: '{"id":1}' }), newFlight());
    const [received] = server.received;
    expect(received?.headers['x-seen']).toBe('products');
    expect(seen).toEqual([received?.body, 200, { a: 1 }]);
  });

  it('may answer in the place of the subgraph', async () => {
    const plugin: Plugin = {
      name: 'answers',
      fetch: (next) => async (request, flight) => {
        const answer = await next(request, flight);
        return Object.assign(Object.create(answer), { content: { ...answer.content, data: { a: 2 } } });
      },
    };
    const { content } = await fetching(plugin)(fetchRequest(), newFlight());
    expect(content.data).toEqual({ a: 2 });
  });

  it.each<[string, Plugin]>([
    [
      'throws',
      {
        name: 'bad',
        fetch: () => () => {
          throw new Error('password=hunter2');
        },
      },
    ],
    [
      'rejects',
      {
        name: 'bad',
        fetch: () => async () => {
          throw new Error('password=hunter2');
        },
      },
    ],
    // as: what a plugin in JavaScript may do
    ['answers nothing', { name: 'bad', fetch: () => async () => undefined as never }],
  ])('that %s fails the fetch, is named to the operator, and tells the client nothing', async (_what, plugin) => {
    const failure = await Promise.resolve()
      .then(() => fetching(plugin)(fetchRequest(), newFlight()))
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'INTERNAL', message: 'the fetch from subgraph products failed' });
    expect(defects.map(({ where }) => where)).toEqual(['plugin bad (fetch)']);
  });

  it('that never answers is left when nobody waits any more', async () => {
    const flight = newFlight();
    const asked = fetching({ name: 'hangs', fetch: () => () => new Promise<never>(() => {}) })(fetchRequest(), flight);
    const gone = new HeadgateError('REQUEST_CANCELLED', 'gone');
    flight.cancel(gone);
    await expect(asked).rejects.toBe(gone);
  });
});
