import { buildSchema, executeSync, getIntrospectionQuery, parse } from 'graphql';
import { CancellationSource } from '../../gateway/cancellation';
import { HeadgateError } from '../../gateway/errors';
import { buildApiSchema } from '../../gateway/supergraph/api-schema';
import { type Introspected, introspect } from '../../gateway/supergraph/introspection';
import { introspectionThread } from '../../gateway/supergraph/thread/introspection-thread';

const SDL = [
  'type Query { a(first: Int = 3): A @deprecated }',
  '"An A." type A implements B { id: ID! } interface B { id: ID! }',
];
const nobodyLeaves = new CancellationSource();
const request = (query: string, variables = {}, fields = [0]) => ({ query, operationName: null, variables, fields });
const textsOf = ({ texts }: Introspected) =>
  Object.fromEntries(texts.map(([key, bytes]) => [key, Buffer.from(bytes).toString()]));

describe('introspection', () => {
  afterAll(() => introspectionThread.close());

  it.each([
    [
      getIntrospectionQuery({
        inputValueDeprecation: true,
        schemaDescription: true,
        specifiedByUrl: true,
        oneOf: true,
      }),
      [0],
    ],
    [
      '{ _0: __type(name: "A") { ...F } _1: __type(name: "None") { name } } fragment F on __Type { fields { name } }',
      [0, 1],
    ],
  ])('answers what graphql-js answers, letter for letter', async (query, fields) => {
    const { data } = executeSync({ schema: buildSchema(SDL.join('\n')), document: parse(query) });
    const answer = await introspect(await buildApiSchema(SDL), request(query, {}, fields), nobodyLeaves);
    const expected = Object.values(data ?? {}).map((value, index) => [`_${index}`, JSON.stringify(value)]);
    expect(Object.entries(textsOf(answer))).toEqual(expected);
    expect(answer).toMatchObject({ hasData: true, errors: [] });
  });

  it('takes the fields of an operation that are wanted', async () => {
    const query = `query Q($name: String!, $is: Boolean!, $other: Int) {
      a(first: $other) { id }
      ... on Query @include(if: $is) { t: __type(name: $name) @include(if: $is) { name @include(if: $is) } }
      ...Schema
    } fragment Schema on Query { __schema { queryType { name } } a { id } }`;
    const schema = await buildApiSchema(SDL);
    const ask = async (fields: number[], is: boolean) => {
      const asked = { ...request(query, { name: 'A', is }, fields), operationName: 'Q' };
      return textsOf(await introspect(schema, asked, nobodyLeaves));
    };
    expect(await ask([0, 1], true)).toEqual({ _0: '{"name":"A"}', _1: '{"queryType":{"name":"Query"}}' });
    expect(await ask([0], false)).toEqual({ _0: '{}' });
    expect(await ask([1], false)).toEqual({ _1: '{"queryType":{"name":"Query"}}' });
  });

  it('is not worked on by this thread', async () => {
    const texts = [['__schema', new TextEncoder().encode('"what only the thread knows"')]] as const;
    const answered: Introspected = { kind: 'introspected', texts, hasData: true, errors: [] };
    const run = jest.spyOn(introspectionThread, 'run').mockResolvedValue(answered);
    try {
      const query = '{ __schema { types { name } } }';
      expect(await introspect(await buildApiSchema(SDL), request(query), nobodyLeaves)).toBe(answered);
      expect(run).toHaveBeenCalledWith(expect.objectContaining({ kind: 'introspect', query }));
    } finally {
      run.mockRestore();
    }
  });

  it('is done once for all who ask the same, and kept', async () => {
    const run = jest.spyOn(introspectionThread, 'run');
    const schema = await buildApiSchema(SDL);
    const query = '{ __schema { description } }';
    const ask = () => introspect(schema, request(query), nobodyLeaves);
    const [first, second] = await Promise.all([ask(), ask()]);
    expect(second).toBe(first);
    expect(await ask()).toBe(first);
    expect(run).toHaveBeenCalledTimes(1);
    await introspect(await buildApiSchema(SDL), request(query), nobodyLeaves);
    expect(run).toHaveBeenCalledTimes(2);
    run.mockRestore();
  });

  it('goes on for the others when one leaves', async () => {
    const schema = await buildApiSchema(SDL);
    const leaving = new CancellationSource();
    const query = '{ __schema { directives { name } } }';
    const left = introspect(schema, request(query), leaving);
    const staying = introspect(schema, request(query), nobodyLeaves);
    leaving.cancel(new HeadgateError('REQUEST_CANCELLED', 'gone'));
    await expect(left).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect(textsOf(await staying)).toHaveProperty('_0');
  });

  it('tells what is wrong, and where', async () => {
    const query = 'query ($name: String = "A") { t: __type(name: $name) { name } }';
    const { errors = [] } = executeSync({
      schema: buildSchema(SDL.join('\n')),
      document: parse(query),
      variableValues: { name: null },
    });
    const answer = await introspect(await buildApiSchema(SDL), request(query, { name: null }), nobodyLeaves);
    const [{ message, path, positions } = {}] = errors;
    expect(message).toBeDefined();
    expect(path).toEqual(['t']);
    expect(answer.errors).toEqual([{ message, path: ['_0'], positions }]);
  });
});
