import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { Kind, parse, print, visit } from 'graphql';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { composeExample, exampleSubgraphs } from '../fixtures/example-supergraph';
import { ask, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { sampleOperations } from '../fixtures/sample-operations';

/**
 * What is right, of what stock answers. Under `upc: name` it answers the key in place of the name: the planner's own `upc`
 * and the client's are one response key to it. Of several mutations it asks other subgraphs only after the last one, and
 * so answers what that left behind.
 */
const STOCK_IS_WRONG: Readonly<Record<string, (data: Record<string, object>) => unknown>> = {
  aliases: (data) => ({ ...data, lamp: { ...data.lamp, upc: 'Bright Desk Lamp' } }),
  'set-stock': (data) => ({ ...data, soldOut: { ...data.soldOut, shippingEstimate: { days: 16 } } }),
  'update-profile': (data) => {
    const contributions = [{ text: 'Survived a fall into the sea.', author: { displayName: 'Dora Berg' } }];
    return { ...data, renamed: { ...data.renamed, contributions } };
  },
};

/** Stock ApolloGateway over the same services; it reaches the REST service through `headgate rest serve`. */
describe('the sample operations', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-oracle-'));
  let services: ExampleServices;
  let headgate: HeadgateProcess;
  let adapter: HeadgateProcess;
  let stock: ApolloServer;

  beforeAll(async () => {
    services = await startExampleServices();
    const sdl = await composeExample(services);
    const file = join(folder, 'supergraph.graphql');
    writeFileSync(file, sdl);
    const rest = join(folder, 'inventory.rest.graphql');
    writeFileSync(rest, exampleSubgraphs(services).find(({ name }) => name === 'inventory')?.sdl ?? '');
    // A plan comes, however busy the machine is.
    writeFileSync(join(folder, 'headgate.yaml'), 'planning: { deadline: 1m }\n');
    [headgate, adapter] = await Promise.all([
      startHeadgate(['serve', '--supergraph', file, '--port', '0'], { cwd: folder }),
      startHeadgate(['rest', 'serve', rest, '--port', '0'], { cwd: folder }),
    ]);
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    stock = new ApolloServer({
      gateway: new ApolloGateway({ supergraphSdl: withUrl(sdl, 'inventory', adapter.graphql), logger: quiet }),
      logger: quiet,
    });
    await stock.start();
  });

  afterAll(async () => {
    await Promise.all([stock.stop(), headgate.stop(), adapter.stop()]);
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(sampleOperations())('have the same data here as in stock: $name', async ({ name, query, variables }) => {
    const { body } = await stock.executeOperation({ query, variables });
    if (body.kind !== 'single') throw new Error('stock answered incrementally');
    const expected = body.singleResult;
    expect(expected.errors).toBeUndefined();
    const answer = await ask(headgate.graphql, query, variables);
    const stockData = JSON.parse(JSON.stringify(expected.data));
    expect(answer.body.data).toEqual(STOCK_IS_WRONG[name]?.(stockData) ?? stockData);
  });
});

/** Stock does not know connect: it sees a GraphQL subgraph at `url`. */
function withUrl(sdl: string, subgraph: string, url: string): string {
  const document = visit(parse(sdl, { noLocation: true }), {
    Directive(node) {
      const text = print(node);
      if (node.name.value === 'join__directive' || (node.name.value === 'link' && text.includes('/connect/')))
        return null;
      if (node.name.value !== 'join__graph' || !text.includes(`name: "${subgraph}"`)) return undefined;
      const value = { kind: Kind.STRING, value: url } as const;
      const given = (node.arguments ?? []).map((one) => (one.name.value === 'url' ? { ...one, value } : one));
      return { ...node, arguments: given };
    },
  });
  return print(document);
}
