import { fetchStack } from '../../gateway/pipeline';
import type { Pool } from '../../gateway/pool/pool';
import { GRAPHQL_POOL, type SubgraphOptions } from '../../gateway/transport/options';
import { createPools } from '../../gateway/transport/pools';
import { type CreateRestSend, createSends } from '../../gateway/transport/subgraphs';
import { newFlight } from '../fixtures/flight';
import { poolOptions } from '../fixtures/pool-options';
import { answerJson, startScriptedServer } from '../fixtures/scripted-server';

const common = {
  timeoutMs: 60_000,
  deduplicate: true,
  responseBytesMax: 10_000,
  responseDepthMax: 20,
  requestHeaders: [],
  responseHeaders: [],
};

it('makes a GraphQL verb over the pool of the subgraph, and a REST verb over the pools of its sources', async () => {
  const server = await startScriptedServer(answerJson({ data: { a: 1 } }));
  const products = poolOptions([server.url], { name: 'products' });
  const api = poolOptions([server.url], { name: 'inventory/api' });
  const subgraphs: SubgraphOptions[] = [
    { ...common, name: 'products', kind: 'graphql', pools: { [GRAPHQL_POOL]: products } },
    { ...common, name: 'inventory', kind: 'rest', pools: { api } },
  ];
  const pools = createPools();
  pools.sync([products, api]);
  const given: Pool[] = [];
  const createRestSend: CreateRestSend = (_options, poolOf) => {
    given.push(poolOf('api'));
    expect(() => poolOf('other')).toThrow('subgraph inventory has no pool for other');
    return async () => ({ data: null, errors: [], bytes: 0 });
  };
  const sends = createSends(subgraphs, pools, createRestSend, fetchStack);

  const call = {
    operation: '{ a }',
    operationName: undefined,
    operationKind: 'query',
    variables: '{}',
  } as const;
  expect(await sends.get('products')?.(call, newFlight())).toEqual({ data: { a: 1 }, errors: [], bytes: 16 });
  expect(await sends.get('inventory')?.(call, newFlight())).toEqual({ data: null, errors: [], bytes: 0 });
  expect(given).toEqual([pools.get('inventory/api')]);
  await pools.close(0);
  await server.kill();
});
