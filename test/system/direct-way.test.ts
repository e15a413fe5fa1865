import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { composeExample } from '../fixtures/example-supergraph';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { sampleOperations } from '../fixtures/sample-operations';

const BROKEN = [
  {
    name: 'a variable of the wrong type',
    query: 'query ($n: Int!) { products(first: $n) { name } }',
    variables: { n: 'x' },
  },
  { name: 'a missing variable', query: 'query ($upc: ID!) { product(upc: $upc) { name } }', variables: {} },
  { name: 'a field that does not exist', query: '{ nope }', variables: {} },
  { name: 'a syntax error', query: '{ products( }', variables: {} },
  { name: 'an entity that does not exist', query: '{ product(upc: "no such") { name inStock } }', variables: {} },
  {
    name: 'introspection beside data',
    query: '{ __schema { queryType { name } } product(upc: "1001") { name __typename } }',
    variables: {},
  },
];

/** Prepared operations go straight to the engine; with a plugin every one goes through Apollo Server. */
describe('the direct way', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-direct-'));
  let services: ExampleServices;
  let direct: HeadgateProcess;
  let throughApollo: HeadgateProcess;

  beforeAll(async () => {
    services = await startExampleServices();
    const supergraph = join(folder, 'supergraph.graphql');
    writeFileSync(supergraph, await composeExample(services));
    writeFileSync(join(folder, 'plugin.cjs'), 'module.exports = { async requestDidStart() { return {}; } };');
    const config = (plugins: string) => `server: { listen: "127.0.0.1:0" }
supergraph: { source: file, path: ${supergraph}, checkpoint: false }
planning: { deadline: 1m }
${plugins}`;
    writeFileSync(join(folder, 'direct.yaml'), config(''));
    writeFileSync(join(folder, 'apollo.yaml'), config('apollo: { plugins: [./plugin.cjs] }'));
    [direct, throughApollo] = await Promise.all([
      startHeadgate(['serve', '--config', join(folder, 'direct.yaml')]),
      startHeadgate(['serve', '--config', join(folder, 'apollo.yaml')]),
    ]);
  });

  afterAll(async () => {
    await Promise.all([direct.stop(), throughApollo.stop()]);
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function answerOf({ graphql }: HeadgateProcess, body: unknown, accept: string) {
    const headers = { 'content-type': 'application/json', accept };
    const response = await fetch(graphql, { method: 'POST', headers, body: JSON.stringify(body) });
    const bytes = Buffer.from(await response.arrayBuffer()).toString('latin1');
    const { date: _date, 'x-request-id': id, ...others } = Object.fromEntries(response.headers);
    expect(id).toMatch(/^[\w-]+$/);
    return { status: response.status, headers: others, bytes };
  }

  describe.each(['application/json', 'application/graphql-response+json'])('for a client that accepts %s', (accept) => {
    it.each([...sampleOperations(), ...BROKEN])(
      'answers $name byte for byte as Apollo Server does',
      async (operation) => {
        const { query, variables } = operation;
        // The first time an operation goes through Apollo Server everywhere; the later ones differ.
        const ours = [];
        for (let time = 0; time < 3; time++) ours.push(await answerOf(direct, { query, variables }, accept));
        const expected = await answerOf(throughApollo, { query, variables }, accept);
        expect(ours).toEqual([expected, expected, expected]);
      },
    );
  });

  it.each([
    { name: 'the first word of the text', text: 'query\n{ product(upc: "1001") { name } }', operationName: 'query' },
    { name: 'a comment before the text', text: '#\n{ product(upc: "1001") { name } }', operationName: '#' },
    { name: 'a length before the text', text: '{ product(upc: "1001") { name } }', operationName: '-' },
    { name: 'empty', text: '{ product(upc: "1001") { name } }', operationName: '' },
    { name: 'override labels', text: '{ product(upc: "1001") { name } }', operationName: '\u0000percent(50)' },
  ])('takes an operation name for nothing else: $name', async ({ text, operationName }) => {
    const prepared = { query: text };
    for (let time = 0; time < 2; time++)
      expect((await answerOf(direct, prepared, 'application/json')).status).toBe(200);
    for (const query of [text, text.slice(text.indexOf('\n') + 1)]) {
      const asked = { query, operationName };
      const expected = await answerOf(throughApollo, asked, 'application/json');
      for (let time = 0; time < 2; time++) expect(await answerOf(direct, asked, 'application/json')).toEqual(expected);
    }
  });

  it('gives each of many equal queries at once the same bytes', async () => {
    const { query, variables } = sampleOperations().find(({ name }) => name === 'storefront') ?? {
      query: '',
      variables: {},
    };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => answerOf(direct, { query, variables }, 'application/json')),
    );
    expect(new Set(answers.map(({ bytes }) => bytes)).size).toBe(1);
    expect(answers[0]?.bytes).toContain('"products"');
  });
});
