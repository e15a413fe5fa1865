import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { packageRoot } from '../../../gateway/package-root';
import { fetchStack } from '../../../gateway/pipeline';
import { createPool } from '../../../gateway/pool/instance-pool';
import type { Pool } from '../../../gateway/pool/pool';
import { restAdapter } from '../../../gateway/transport/rest/adapter';
import { readConnectors, readConnectorsFromSdl } from '../../../gateway/transport/rest/connectors';
import { answer } from '../../../subgraphs/inventory/routes';
import { fetchRequest } from '../../fixtures/fetches';
import { newFlight } from '../../fixtures/flight';
import { poolOptions } from '../../fixtures/pool-options';
import { type ScriptedServer, startScriptedServer } from '../../fixtures/scripted-server';

const NAMES = ['accounts', 'products', 'reviews', 'inventory'];
const sdlOf = (name: string) =>
  readFileSync(
    join(packageRoot, 'schema', name === 'inventory' ? 'inventory.rest.graphql' : `${name}.graphql`),
    'utf8',
  );

function supergraph(): string {
  const { supergraphSdl, errors } = composeServices(
    NAMES.map((name) => ({ name, url: '', typeDefs: parse(sdlOf(name)) })),
  );
  if (supergraphSdl === undefined) throw new Error(errors?.map(String).join('\n'));
  return supergraphSdl;
}

describe('the inventory of the example', () => {
  let service: ScriptedServer;
  let pool: Pool;
  beforeAll(async () => {
    service = await startScriptedServer(({ method, url, body }, response) => {
      const { pathname, searchParams } = new URL(url, 'http://inventory');
      const segments = pathname.split('/').filter(Boolean).map(decodeURIComponent);
      const given: unknown = body === '' ? undefined : JSON.parse(body);
      const found = answer({ method, segments, query: searchParams, body: given });
      response.writeHead(found.status, { 'content-type': 'application/json' }).end(JSON.stringify(found.body));
    });
    pool = createPool(poolOptions([`http://127.0.0.1:${service.port}`]));
  });
  afterAll(async () => {
    await pool.close(0);
    await service.kill();
  });

  const ask = async (operation: string, variables: Record<string, unknown> = {}) => {
    const options = {
      name: 'inventory',
      kind: 'rest',
      timeoutMs: 60_000,
      deduplicate: true,
      responseBytesMax: 1_000_000,
      responseDepthMax: 100,
      requestHeaders: [],
      responseHeaders: [],
      pools: {},
    } as const;
    const fetch = fetchStack(
      options,
      restAdapter(options, () => pool, readConnectors(supergraph(), 'inventory')),
    );
    const operationKind = operation.startsWith('mutation') ? 'mutation' : 'query';
    const asked = fetchRequest({ operation, operationKind, variables: JSON.stringify(variables) });
    return (await fetch(asked, newFlight())).content;
  };

  it('is a valid adapter', () => {
    expect([...readConnectorsFromSdl(sdlOf('inventory'), 'inventory').fields.keys()]).toContain('Query.warehouses');
  });

  it('answers root fields', async () => {
    const { data, errors } = await ask(
      '{ warehouses { id name openedOn manager { email } products { upc quantity } } }',
    );
    expect(errors).toEqual([]);
    expect(data?.warehouses).not.toHaveLength(0);
  });

  it('answers entity fetches with fields that other subgraphs must give', async () => {
    const upc = (await ask('{ warehouses { products { upc } } }')).data as {
      warehouses: { products: { upc: string }[] }[];
    };
    const representations = upc.warehouses
      .flatMap(({ products }) => products)
      .slice(0, 3)
      .map((product) => ({ __typename: 'Product', ...product, weight: 500 }));
    const { data, errors } = await ask(
      'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { __typename upc inStock quantity shelves { aisle } warehouse { city } shippingEstimate { cents days } } } }',
      { representations },
    );
    expect(errors).toEqual([]);
    expect(data?._entities).toHaveLength(3);
    expect(JSON.stringify(data)).not.toContain('null');
  });

  it('answers mutations', async () => {
    const { data } = await ask('{ warehouses { products { upc } } }');
    const [
      {
        products: [product],
      },
    ] = (data as { warehouses: [{ products: [{ upc: string }] }] }).warehouses;
    const answered = await ask(
      'mutation($upc: ID!) { setStock(upc: $upc, quantity: 3) { upc quantity inStock } }',
      product,
    );
    expect(answered).toMatchObject({
      data: { setStock: { upc: product.upc, quantity: 3, inStock: true } },
      errors: [],
    });
    const refused = await ask('mutation { setStock(upc: "nope", quantity: 3) { upc } }');
    expect(refused.errors[0]?.extensions).toMatchObject({ code: 'UNKNOWN_PRODUCT', http: { status: 404 } });
  });
});
