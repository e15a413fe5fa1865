import { fetchStack } from '../../gateway/pipeline';
import { createPool } from '../../gateway/pool/instance-pool';
import { canBeGraphql } from '../../gateway/transport/can-be-graphql';
import { graphqlOverPool } from '../../gateway/transport/graphql';
import type { SubgraphOptions } from '../../gateway/transport/options';
import { fetchRequest } from '../fixtures/fetches';
import { newFlight } from '../fixtures/flight';
import { poolOptions } from '../fixtures/pool-options';
import { answerJson, startScriptedServer } from '../fixtures/scripted-server';

it.each([
  [200, '{"data":null}', true],
  [200, ' \r\n\t{"data":{}}\n', true],
  [200, '\ufeff{"data":{}}', true],
  [200, '{"data":{"name":"a', false],
  [200, '<!doctype html><html></html>', false],
  [200, '[]', false],
  [200, '', false],
  [200, '   ', false],
  [302, '', false],
  [404, 'not found', false],
  [404, '{"errors":[{"message":"a"}]}', true],
  [400, 'bad request', true],
  [401, '', true],
  [429, '', true],
  [502, '<html></html>', true],
])('tells whether status %d with %j can be a GraphQL response', (status, body, can) => {
  expect(canBeGraphql(status, Buffer.from(body))).toBe(can);
});

it('sends a query elsewhere whose answer cannot be one', async () => {
  const page = await startScriptedServer((_request, response) => response.end('<html></html>'));
  const well = await startScriptedServer(answerJson({ data: { a: 1 } }));
  const pool = createPool(poolOptions([page.url, well.url]));
  const options: SubgraphOptions = {
    name: 'products',
    kind: 'graphql',
    timeoutMs: 60_000,
    deduplicate: true,
    responseBytesMax: 10_000,
    responseDepthMax: 20,
    requestHeaders: [],
    responseHeaders: [],
    pools: {},
  };
  const fetch = fetchStack(options, graphqlOverPool(options, pool));
  try {
    const { content } = await fetch(fetchRequest(), newFlight());
    expect([content.data, page.received.length, well.received.length]).toEqual([{ a: 1 }, 1, 1]);
  } finally {
    await pool.close(0);
    await Promise.all([page.kill(), well.kill()]);
  }
});
