import type { Json } from '../../../../gateway/transport/rest/json';
import { traceMapping } from '../../../../gateway/transport/rest/mapping/trace';

const DATA: Json = { user: { name: 'Ann', tags: ['a', 'b'] }, rows: [{ id: 1 }, {}] };

const trace = (text: string, data: Json = DATA) => traceMapping(text, { missing: 'omit' }, data, { $args: { id: 7 } });

describe('traceMapping', () => {
  it('tells each step with its place, what came in and what came out', () => {
    const { value, steps, problems } = trace('id: $args.id\nsize: user.tags->size');
    expect(value).toEqual({ id: 7, size: 2 });
    expect(problems).toEqual([]);
    expect(steps).toEqual([
      { step: '$args', field: 'id', line: 1, column: 5, input: null, output: '{ id: 7 }', problem: null },
      { step: '.id', field: 'id', line: 1, column: 11, input: '{ id: 7 }', output: '7', problem: null },
      {
        step: '.user',
        field: 'size',
        line: 2,
        column: 7,
        input: '{ user: {…}, rows: […] }',
        output: '{ name: "Ann", tags: […] }',
        problem: null,
      },
      {
        step: '.tags',
        field: 'size',
        line: 2,
        column: 12,
        input: '{ name: "Ann", tags: […] }',
        output: '["a", "b"]',
        problem: null,
      },
      { step: '->size', field: 'size', line: 2, column: 18, input: '["a", "b"]', output: '2', problem: null },
    ]);
  });

  it('says why a step gave nothing, once for equal ones', () => {
    const { problems } = trace(
      'a: user.nam b: user.name.first c: user.name->size->first->entries d: $args.nope e: rows.id',
    );
    expect(problems.map(({ field, column, problem }) => [field, column, problem])).toEqual([
      ['a', 9, 'there is no `nam` in the object; it has name, tags'],
      ['b', 26, 'there is no `first` in "Ann"'],
      ['c', 59, '`->entries` gives nothing for 3'],
      ['d', 76, 'there is no `nope` in the object; it has id'],
    ]);
    const rows = trace('$.rows { id x: nope }').problems;
    expect(rows.map(({ problem }) => problem)).toEqual([
      'there is no `nope` in the object; it has id',
      'there is no `id` in the object; it has nothing',
      'there is no `nope` in the object; it has nothing',
    ]);
  });

  it('stops where the mapping stops, and shows no more than so many steps', () => {
    const list = Array.from({ length: 3_000 }, (_, index) => index);
    const { steps, leftOut, stopped } = trace('$->map($->map($->map(@->add(1))))', list);
    expect(steps).toHaveLength(1_000);
    expect(leftOut).toBeGreaterThan(1_000);
    expect(stopped).toContain('steps');
  });

  it('gives what the mapping gives', () => {
    const { value } = trace('$.rows { id }');
    expect(value).toEqual([{ id: 1 }, {}]);
    expect(trace('$.nope').value).toBeUndefined();
  });
});
