import { parse } from 'graphql';
import { operationShape } from '../../gateway/planning/operation-shape';
import { planBomb } from '../fixtures/plan-bomb';

describe('the shape of an operation', () => {
  it('counts what is selected with fragments written out', () => {
    const { selections, fields } = operationShape(
      parse('{ a { ...F ...F } } fragment F on A { b c: b ... { d } }'),
      null,
    );
    expect(selections).toBe(11);
    expect(Object.fromEntries(fields)).toEqual({ a: 1, b: 4, d: 2 });
  });

  it('is that of the operation asked for', () => {
    const document = parse('query A { a } query B { b { c } }');
    expect(Object.fromEntries(operationShape(document, 'B').fields)).toEqual({ b: 1, c: 1 });
  });

  it('does not count for ever', () => {
    expect(operationShape(parse(planBomb('Bomb', 40)), null).selections).toBe(2_000);
    expect(operationShape(parse('{ ...F } fragment F on A { ...F }'), null).selections).toBe(2_000);
  });
});
