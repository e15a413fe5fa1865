import { isInputObjectType } from 'graphql';
import { isHeadgateError } from '../../gateway/errors';
import { createApolloPlanner } from '../../gateway/planning/apollo/planner';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { readSupergraph } from '../../gateway/supergraph/read';

const HEAD = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])';
const PLANNING = { deadlineMs: 60_000, queueMax: 10, cacheMax: 10, fetchesMax: 50, workers: 1 };

const compose = (...types: readonly string[]) =>
  composeSubgraphs(
    types.map((sdl, index) => ({ name: `s${index}`, url: `http://127.0.0.1:1/${index}`, sdl: `${HEAD}\n${sdl}` })),
  );

async function problemsOf(...types: readonly string[]): Promise<unknown> {
  const failure: unknown = await compose(...types).catch((error: unknown) => error);
  if (!isHeadgateError(failure, 'COMPOSITION_FAILED')) throw failure;
  return failure.details?.problems;
}

describe('@oneOf', () => {
  afterAll(() => closeCompositionThread());

  it.each([
    ['on a type', 'input By @oneOf { id: ID name: String }'],
    ['with a definition', 'directive @oneOf on INPUT_OBJECT input By @oneOf { id: ID name: String }'],
    ['on an extension', 'input By { id: ID } extend input By @oneOf { name: String }'],
    ['behind a description that looks like it', '"""\ninput By\n"""\ninput By @oneOf { id: ID name: String }'],
  ])('%s is in the supergraph and in the schema of clients', async (_where, input) => {
    const { sdl } = await compose(`type Query { a(by: By): Int } ${input}`, 'type Query { b: Int }');
    expect(sdl).toMatch(/^input By @oneOf$/m);
    const type = (await readSupergraph(sdl)).apiSchema.getType('By');
    expect(isInputObjectType(type) && type.isOneOf).toBe(true);
  });

  it('may be in a supergraph that was composed elsewhere', async () => {
    const { sdl } = await compose('type Query { a(by: By): Int } input By @oneOf { id: ID name: String }');
    const others = sdl
      .replace('input By @oneOf', 'input By')
      .replace(/(input By\s+@join__type\(graph: \w+\))/, '$1 @oneOf')
      .replace('directive @oneOf on INPUT_OBJECT', '');
    expect(others).toContain(') @oneOf');
    const { apiSchema } = await readSupergraph(others);
    const type = apiSchema.getType('By');
    expect(isInputObjectType(type) && type.isOneOf).toBe(true);
    const planner = await createApolloPlanner(others, PLANNING);
    const { node } = await planner.plan({ query: '{ a(by: { id: 1 }) }', operationName: null });
    expect(node).toMatchObject({ kind: 'Fetch', operation: '{a(by:{id:1})}' });
    await planner.close();
  });

  it('is refused on inputs whose fields are not optional, with the place', async () => {
    const input = 'type Query { a(by: By): Int }\ninput By @oneOf {\n  id: ID!\n  name: String = "x"\n  ok: Int\n}';
    expect(await problemsOf(input)).toEqual([
      expect.objectContaining({
        subgraph: 's0',
        code: 'INVALID_GRAPHQL',
        line: 4,
        message: expect.stringContaining('By.id'),
      }),
      expect.objectContaining({
        subgraph: 's0',
        code: 'INVALID_GRAPHQL',
        line: 5,
        message: expect.stringContaining('By.name'),
      }),
    ]);
  });

  it('is refused when subgraphs do not agree', async () => {
    const input = (directive: string) => `input By ${directive} { id: ID name: String }`;
    expect(
      await problemsOf(
        `type Query { a(by: By): Int } ${input('@oneOf')}`,
        `type Query { b(by: By): Int } ${input('')}`,
      ),
    ).toEqual([
      expect.objectContaining({ subgraph: 's1', code: 'ONE_OF_MISMATCH', message: expect.stringContaining('s0') }),
    ]);
  });
});

describe('defaults', () => {
  afterAll(() => closeCompositionThread());

  it('have the numbers that subgraphs gave them', async () => {
    const { sdl } = await compose(
      'scalar Long input In { a: Long = 1234567890123456789 b: [Float] = [0.1234567890123456789, 1] } type Query { q(n: Long = 9007199254740993, in: In = { a: 1234567890123456781 }): Int }',
    );
    const written = [
      '1234567890123456789',
      '[0.1234567890123456789, 1]',
      '9007199254740993',
      '{a: 1234567890123456781',
    ];
    for (const text of written) expect(sdl.replaceAll('{ ', '{')).toContain(`= ${text}`);
    await readSupergraph(sdl);
  });
});
