import fc from 'fast-check';
import { keptBytes } from '../../gateway/kept';
import { FetchOperation, FetchRequest } from '../../gateway/transport/fetch-request';
import { RequestBodies } from '../../gateway/transport/request-bodies';
import { fetchRequest } from '../fixtures/fetches';

const operation = new FetchOperation('query Q { a }', 'Q', 'query');
const lists = () => [{ variable: 'representations', entities: ['{"id":1}', '{"id":"ü"}'] }];

const keptNow = () => keptBytes.numbers().find(({ name }) => name === 'subgraph requests')?.bytes ?? 0;

it('is what a GraphQL server expects: representations first', () => {
  const bodies = new RequestBodies();
  const many = [...lists(), { variable: 'r2', entities: [] }];
  const { variables, bytes, length } = bodies.of(new FetchRequest(operation, many, '{"first":3}'));
  const text = bytes.toString();
  expect(text).toBe(
    '{"query":"query Q { a }","operationName":"Q","variables":{"representations":[{"id":1},{"id":"ü"}],"r2":[],"first":3}}',
  );
  expect(variables).toBe('{"representations":[{"id":1},{"id":"ü"}],"r2":[],"first":3}');
  expect(length).toBe(text.length);
  const nameless = fetchRequest({ operation: '{ a }' });
  expect(bodies.of(nameless).bytes.toString()).toBe('{"query":"{ a }","variables":{}}');
});

it('is JSON of whatever a request has', () => {
  const json = fc.dictionary(fc.string(), fc.jsonValue());
  const name = fc.stringMatching(/^[_A-Za-z]\w{0,8}$/);
  fc.assert(
    fc.property(
      fc.string(),
      fc.uniqueArray(name, { maxLength: 3 }),
      fc.array(json),
      json,
      (query, names, all, other) => {
        const given = names.map((variable) => ({ variable, entities: all.map((one) => JSON.stringify(one)) }));
        const own = Object.fromEntries(Object.entries(other).filter(([key]) => !names.includes(key)));
        const request = new FetchRequest(new FetchOperation(query, undefined, 'query'), given, JSON.stringify(own));
        const read = JSON.parse(new RequestBodies().of(request).bytes.toString());
        const representations = Object.fromEntries(names.map((variable) => [variable, all]));
        // A property named __proto__ is one in JSON, and none in an object that is spread.
        expect(JSON.stringify(read)).toBe(
          JSON.stringify({
            query,
            variables: JSON.parse(joined(JSON.stringify(representations), JSON.stringify(own))),
          }),
        );
      },
    ),
  );
});

function joined(one: string, other: string): string {
  if (one === '{}' || other === '{}') return one === '{}' ? other : one;
  return `${one.slice(0, -1)},${other.slice(1)}`;
}

it('is the same one when an equal request comes again, whether its lists are the same or equal', () => {
  const bodies = new RequestBodies();
  const given = lists();
  const first = bodies.of(new FetchRequest(operation, given, '{}'));
  expect(bodies.of(new FetchRequest(operation, given, '{}'))).toBe(first);
  expect(bodies.of(new FetchRequest(operation, lists(), '{}'))).toBe(first);
  expect(first.bytes).toBe(first.bytes);
  const fewer = bodies.of(new FetchRequest(operation, [{ variable: 'representations', entities: [] }], '{}'));
  expect(JSON.parse(fewer.variables)).toEqual({ representations: [] });
  const other = bodies.of(new FetchRequest(operation, given, '{"a":1}'));
  expect(other.key).not.toBe(first.key);
  expect(bodies.of(new FetchRequest(operation, given, '{}')).key).toBe(first.key);
});

it('is made once for a request, and again for one with less in it', () => {
  const long = '{"id":"'.padEnd(5_000, 'x').concat('"}');
  const request = new FetchRequest(operation, [{ variable: 'representations', entities: [long] }], '{}');
  const bodies = new RequestBodies();
  const body = bodies.of(request);
  expect(bodies.of(request)).toBe(body);
  expect(bodies.of(request.withHeaders({ 'x-a': '1' }))).toBe(body);
  const less = new FetchRequest(request.operation, [], request.variables);
  expect(bodies.of(less).variables).toBe('{}');
});

it('has a key that is equal for equal requests only', () => {
  const bodies = new RequestBodies();
  const keyOf = (text: string, variables: string) =>
    bodies.of(new FetchRequest(new FetchOperation(text, undefined, 'query'), [], variables)).key;
  const long = `{"v":"${'x'.repeat(5_000)}"}`;
  const keys = [keyOf('{ a }', '{}'), keyOf('{ b }', '{}'), keyOf('{ a }', '{"v":1}'), keyOf('{ b }', long)];
  expect(new Set(keys).size).toBe(4);
  // An operation of another plan is another object, and may have the same text.
  expect([keyOf('{ a }', '{}'), keyOf('{ b }', '{}'), keyOf('{ a }', '{"v":1}'), keyOf('{ b }', long)]).toEqual(keys);
});

it('is kept while it is short, and counted', () => {
  const before = keptNow();
  const bodies = new RequestBodies();
  const text = (length: number) => `{"v":"${'x'.repeat(length)}"}`;
  bodies.of(new FetchRequest(operation, [], text(1_000)));
  const short = keptNow() - before;
  expect(short).toBeGreaterThan(5_000);
  const first = bodies.of(new FetchRequest(operation, [], text(5_000)));
  expect(bodies.of(new FetchRequest(operation, [], text(5_000)))).not.toBe(first);
  expect(keptNow() - before).toBe(short);
});
