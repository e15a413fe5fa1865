import { type GraphQLLeafType, type GraphQLOutputType, isListType, isNonNullType } from 'graphql';
import type { CompileScope } from './compile-scope';
import { type Complete, type Coordinate, completeList, completeNonNull, refuse } from './complete';
import { leafCompleter, WRONG_TYPE } from './leaf';

/** A leaf, or lists of them: one value, whichever fetch answered it. */
export function completeLeaf(type: GraphQLOutputType, coordinate: Coordinate, scope: CompileScope): Complete {
  if (isNonNullType(type)) return completeNonNull(completeLeaf(type.ofType, coordinate, scope), coordinate);
  if (isListType(type)) {
    const element = completeLeaf(type.ofType, coordinate, scope);
    const isElementNonNull = isNonNullType(type.ofType);
    return (value, run) => {
      if (value === null || value === undefined) return null;
      if (!Array.isArray(value)) return refuse(run, `Expected a list for ${coordinate}.`);
      return completeList(value, run, isElementNonNull, (index) => element(value[index], run));
    };
  }
  const leaf = leafCompleter(type as GraphQLLeafType, scope.types); // as: the caller saw that the named type is a leaf
  return (value, run) => {
    if (value === null || value === undefined) return null;
    const result = leaf(value);
    if (typeof result === 'string') run.size.addText(result.length);
    else if (typeof result === 'object') run.size.addJson(result);
    return result === WRONG_TYPE
      ? refuse(run, `${coordinate} cannot represent the subgraph's value as ${type}.`)
      : result;
  };
}
