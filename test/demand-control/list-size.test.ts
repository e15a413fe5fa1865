import { type FieldNode, Kind, parse } from 'graphql';
import { argumentValues } from '../../gateway/demand-control/argument-values';
import { declaredSize } from '../../gateway/demand-control/list-size';
import { ExactNumber } from '../../gateway/json/exact-number';

const NAMES = { publicName: (name: string) => name.replace(/^_hg_/, ''), defaults: { d: 6 } };

function field(text: string): FieldNode {
  const [operation] = parse(`{ ${text} }`).definitions;
  const [found] = operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections : [];
  if (found?.kind !== Kind.FIELD) throw new Error('the test has no field');
  return found;
}

function declared(text: string, slicingArguments: readonly string[], variables = {}, given = {}) {
  const directive = { assumedSize: null, sizedFields: [], requireOneSlicingArgument: true, ...given, slicingArguments };
  const context = { given: argumentValues(field(text), NAMES), defaultOf: () => undefined, listSize: 10 };
  const { size, isInvalid } = declaredSize(directive, context);
  return [size(variables), isInvalid?.(variables) ?? null];
}

describe('the declared size of a list', () => {
  it.each([
    ['f(in: { page: { size: 3 } })', ['in.page.size'], {}, 3, false],
    ['f(in: { page: { size: $n } })', ['in.page.size'], { n: 4 }, 4, false],
    ['f(in: { page: $page })', ['in.page.size'], { page: { size: 5 } }, 5, false],
    ['f(in: $in)', ['in.page.size'], { in: { page: null } }, 10, true],
    ['f(in: $in)', ['in.__proto__.size'], { in: {} }, 10, true],
    ['f(n: $_hg_representations)', ['n'], { representations: 7 }, 7, false],
    ['f(n: $d)', ['n'], {}, 6, false],
    ['f(n: $d)', ['n'], { d: null }, 10, true],
    ['f(ids: [1, 2, 3])', ['ids'], {}, 3, false],
    ['f(ids: $ids)', ['ids'], { ids: [] }, 0, false],
    ['f(n: "12")', ['n'], {}, 12, false],
    ['f(n: $n)', ['n'], { n: 'many' }, 10, false],
    ['f(n: $n)', ['n'], { n: new ExactNumber('99999999999999999999') }, Number.MAX_SAFE_INTEGER, false],
    ['f(n: 1.5)', ['n'], {}, 2, false],
    ['f(n: 1, m: 2)', ['n', 'm'], {}, 2, true],
    ['f', ['n'], {}, 10, true],
  ])('of %s by %j with %j is %d', (text, slicing, variables, size, isInvalid) => {
    expect(declared(text, slicing, variables)).toEqual([size, isInvalid]);
  });

  it('is assumed where there are no slicing arguments', () => {
    expect(declared('f', [], {}, { assumedSize: 5 })).toEqual([5, null]);
    expect(declared('f', ['n'], {}, { assumedSize: 5, requireOneSlicingArgument: false })).toEqual([5, null]);
  });
});
