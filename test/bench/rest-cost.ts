/**
 * What an entity hop over a REST adapter costs, beside the same hop over a GraphQL subgraph: two gateways, one operation, the same data.
 * Processor time of each gateway for a request, rounds of the two alternate. By hand, on a quiet machine: `node dist/test/bench/rest-cost.js`.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { readUsage } from './process-usage';
import { median } from './statistics';

/** What a hop over REST may cost, as a multiple of one over GraphQL. */
const RATIO_MAX = 1.5;
const PRODUCTS = 10;
const REQUESTS = Number(process.argv[2] ?? 3_000);
const CONCURRENCY = 16;
const ROUNDS = 5;

const LINK = '@link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])';
const ROOT = `extend schema ${LINK}
type Query { products(from: Int): [Product!] }
type Product @key(fields: "id") { id: ID! name: String }`;
const FIELDS = 'id: ID! price: Int inStock: Boolean';
const GRAPHQL = `extend schema ${LINK} type Product @key(fields: "id") { ${FIELDS} }`;
const REST = `extend schema ${LINK}
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@connect", "@source"])
  @source(name: "api", http: { baseURL: "http://127.0.0.1:1" })
type Product @key(fields: "id")
  @connect(source: "api", http: { GET: "/stock", queryParams: "id: $batch.id" }, batch: { maxSize: 100 },
    selection: "id price inStock: in_stock") { ${FIELDS} }`;

const price = (id: string | number) => Number(id) * 3;

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://service');
  const body = request.method === 'POST' ? JSON.parse(await text(request)) : {};
  const { representations, from = 0 } = body.variables ?? {};
  const ids = Array.from({ length: PRODUCTS }, (_, n) => from + n);
  const answers: Readonly<Record<string, () => unknown>> = {
    '/root': () => ({
      data: { products: ids.map((id) => ({ __typename: 'Product', id: `${id}`, name: `Product ${id}` })) },
    }),
    '/graphql': () => ({
      data: {
        _entities: (representations ?? []).map(({ id }: { id: string }) => ({ price: price(id), inStock: true })),
      },
    }),
    '/stock': () => searchParams.getAll('id').map((id) => ({ id: Number(id), price: price(id), in_stock: true })),
  };
  const made = /__typename\s*\}$/.test(body.query ?? '') ? { data: { __typename: 'Query' } } : answers[pathname]?.();
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(made));
}

async function start(folder: string, service: string, kind: 'graphql' | 'rest'): Promise<HeadgateProcess> {
  const stock = {
    graphql: `{ schema: { file: ../graphql.graphql }, url: "${service}/graphql" }`,
    rest: `{ rest: ../rest.graphql, sources: { api: { url: "${service}" } } }`,
  };
  writeFileSync(
    join(folder, `${kind}.yaml`),
    `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
traffic_shaping: { all: { health_check: false } }
subgraphs:
  products: { schema: { file: ./root.graphql }, url: "${service}/root" }
  stock: ${stock[kind].replace('../', './')}
`,
  );
  return startHeadgate(['serve', '--config', join(folder, `${kind}.yaml`)], { cwd: folder });
}

let asked = 0;

async function ask({ graphql }: HeadgateProcess): Promise<void> {
  asked += 1;
  const query = 'query($from: Int) { products(from: $from) { id name price inStock } }';
  const body = JSON.stringify({ query, variables: { from: asked } });
  const response = await fetch(graphql, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const got = await response.text();
  if (!got.includes('"inStock":true') || got.includes('"errors"')) throw new Error(got.slice(0, 500));
}

/** Microseconds of processor time for each request. */
async function round(gateway: HeadgateProcess): Promise<number> {
  const pid = gateway.child.pid ?? 0;
  const before = readUsage(pid).cpuMs;
  let left = REQUESTS;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await ask(gateway);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, lane));
  return ((readUsage(pid).cpuMs - before) * 1_000) / REQUESTS;
}

async function main(server: Server, folder: string): Promise<void> {
  const service = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [name, sdl] of Object.entries({ root: ROOT, graphql: GRAPHQL, rest: REST }))
    writeFileSync(join(folder, `${name}.graphql`), sdl);
  const gateways = [await start(folder, service, 'graphql'), await start(folder, service, 'rest')];
  const figures: number[][] = gateways.map(() => []);
  // The first one warms up.
  for (let n = 0; n <= ROUNDS; n += 1)
    for (const [at, gateway] of gateways.entries()) {
      const us = await round(gateway);
      if (n > 0) figures[at]?.push(us);
    }
  for (const gateway of gateways) await gateway.stop();
  const [graphql = 0, rest = 0] = figures.map((all) => median(all));
  const ratio = rest / graphql;
  process.stdout.write(
    `GraphQL ${graphql.toFixed(0)} µs, REST ${rest.toFixed(0)} µs a request: ${ratio.toFixed(2)} (at most ${RATIO_MAX})\n`,
  );
  process.exitCode = ratio <= RATIO_MAX ? 0 : 1;
}

const folder = mkdtempSync(join(tmpdir(), 'hg-rest-cost-'));
const server = createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error));
}).listen(0, '127.0.0.1', () => {
  main(server, folder)
    .catch((error) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      process.exitCode = 2;
    })
    .finally(() => {
      rmSync(folder, { recursive: true, force: true });
      server.close();
      server.closeAllConnections();
    });
});
