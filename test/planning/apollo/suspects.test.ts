import { parse } from 'graphql';
import { Suspects } from '../../../gateway/planning/apollo/suspects';
import { operationShape } from '../../../gateway/planning/operation-shape';
import { planBomb } from '../../fixtures/plan-bomb';

const shapeOf = (query: string) => operationShape(parse(query), null);
const bomb = shapeOf(planBomb());

describe('suspect operations', () => {
  it('are those that ask as much of the same fields as one that held up a thread', () => {
    const suspects = new Suspects();
    suspects.add(bomb, 0);
    expect(suspects.resemble(shapeOf(planBomb('Other')), 1)).toBe(true);
    expect(suspects.resemble(shapeOf(planBomb('Larger', 7)), 1)).toBe(true);
    expect(suspects.resemble(shapeOf('{ leaf { left { value } right { value } } }'), 1)).toBe(false);
  });

  it('are not told apart by a field mixed in', () => {
    const suspects = new Suspects();
    suspects.add(shapeOf(planBomb().replace('{ leaf', '{ east leaf')), 0);
    expect(suspects.resemble(shapeOf(planBomb().replace('{ leaf', '{ south leaf')), 1)).toBe(true);
  });

  it('are not those of other fields', () => {
    const suspects = new Suspects();
    suspects.add(bomb, 0);
    const other = planBomb().replaceAll('value', 'id');
    expect(suspects.resemble(shapeOf(other), 1)).toBe(false);
  });

  it('are forgotten after five minutes, and when they are planned in time', () => {
    const suspects = new Suspects();
    suspects.add(bomb, 0);
    expect(suspects.anyAt(299_999)).toBe(true);
    expect(suspects.anyAt(300_000)).toBe(false);
    expect(suspects.resemble(bomb, 300_000)).toBe(false);
    suspects.add(bomb, 0);
    suspects.clear(bomb);
    expect(suspects.resemble(bomb, 1)).toBe(false);
  });

  it('are no more than 64', () => {
    const suspects = new Suspects();
    const large = (at: number) => shapeOf(`{ ${`a${at} `.repeat(20)} }`);
    for (let count = 0; count < 65; count++) suspects.add(large(count), 0);
    expect(suspects.resemble(large(0), 1)).toBe(false);
    expect(suspects.resemble(large(1), 1)).toBe(true);
  });

  it('are no small ones', () => {
    const suspects = new Suspects();
    const small = shapeOf('{ leaf { left { value } right { value } } }');
    suspects.add(small, 0);
    expect(suspects.resemble(small, 1)).toBe(false);
  });
});
