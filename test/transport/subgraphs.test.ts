import { fetchStack } from '../../gateway/pipeline';
import type { Pool } from '../../gateway/pool/pool';
import { GRAPHQL_POOL, type SubgraphOptions } from '../../gateway/transport/options';
import { createPools } from '../../gateway/transport/pools';
import { NO_READS } from '../../gateway/transport/reads';
import { type CreateRestBase, createFetches } from '../../gateway/transport/subgraphs';
import { fetchAnswer, fetchRequest } from '../fixtures/fetches';
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

it('makes a GraphQL verb over the pool of the subgraph, a REST verb over the pools of its sources, and one over what a subgraph has of its own', async () => {
  const server = await startScriptedServer(answerJson({ data: { a: 1 } }));
  const products = poolOptions([server.url], { name: 'products' });
  const api = poolOptions([server.url], { name: 'inventory/api' });
  const pools = createPools();
  pools.sync([products, api]);
  const given: Pool[] = [];
  const nothing = fetchAnswer({});
  const createRestBase: CreateRestBase = (_options, poolOf) => {
    given.push(poolOf('api'));
    expect(() => poolOf('other')).toThrow('subgraph inventory has no pool for other');
    return { reads: NO_READS, wire: () => async () => nothing };
  };
  const graphql: SubgraphOptions = {
    ...common,
    name: 'products',
    kind: 'graphql',
    pools: { [GRAPHQL_POOL]: products },
  };
  const rest: SubgraphOptions = { ...common, name: 'inventory', kind: 'rest', pools: { api } };
  const own = { reads: { ...NO_READS, isPrivate: true }, wire: () => async () => nothing };
  const { fetches, reads } = createFetches(
    [
      { options: graphql, base: null },
      { options: rest, base: null },
      { options: { ...graphql, name: 'own', pools: {} }, base: own },
    ],
    pools,
    createRestBase,
    (options, base) => fetchStack(options, base),
    [],
    new Map(),
    () => new Map(),
  );

  const { content } = (await fetches.get('products')?.(fetchRequest(), newFlight())) ?? nothing;
  expect(content).toEqual({ data: { a: 1 }, errors: [], extensions: null, bytes: 16 });
  expect(await fetches.get('inventory')?.(fetchRequest(), newFlight())).toBe(nothing);
  expect(await fetches.get('own')?.(fetchRequest(), newFlight())).toBe(nothing);
  expect([...reads].map(([name, { isPrivate }]) => [name, isPrivate])).toEqual([
    ['products', false],
    ['inventory', false],
    ['own', true],
  ]);
  expect(given).toEqual([pools.get('inventory/api')]);
  await pools.close(0);
  await server.kill();
});
