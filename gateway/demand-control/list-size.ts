import type { ListSize } from '../supergraph/cost-directives';
import { type ArgumentValues, type FromVariables, valueAt } from './argument-values';
import { sizeIn } from './saturating';

/** How many elements a field's list has, at most, as its directive and its arguments say. */
export interface DeclaredSize {
  readonly size: FromVariables<number>;
  /** Whether the arguments are against what the directive asks for: exactly one that says a size. */
  readonly isInvalid: FromVariables<boolean> | null;
}

interface SizeContext {
  readonly given: ArgumentValues;
  readonly defaultOf: (argument: string) => unknown;
  /** Where nobody says anything. */
  readonly listSize: number;
}

const NEVER_GIVEN: FromVariables<unknown> = () => undefined;

export function declaredSize(directive: ListSize, context: SizeContext): DeclaredSize {
  const { assumedSize, slicingArguments, requireOneSlicingArgument } = directive;
  const slices = slicingArguments.map((text) => sliceAt(text.split('.'), context));
  const otherwise = assumedSize ?? context.listSize;
  const size: FromVariables<number> = (variables) => {
    const given = slices.flatMap(({ given: valueIn }) => sizeIn(valueIn(variables)) ?? []);
    if (given.length > 0) return Math.max(...given);
    const defaults = slices.flatMap(({ otherwise: known }) => known ?? []);
    return defaults.length > 0 ? Math.max(...defaults) : Math.max(0, otherwise);
  };
  if (!requireOneSlicingArgument || slices.length === 0) return { size, isInvalid: null };
  const hasDefault = slices.some(({ otherwise: known }) => known !== null);
  return {
    size,
    isInvalid: (variables) => {
      const count = slices.filter(({ given: valueIn }) => (valueIn(variables) ?? null) !== null).length;
      return count > 1 || (count === 0 && !hasDefault);
    },
  };
}

interface Slice {
  readonly given: FromVariables<unknown>;
  /** Size that holds where it is not given; null: there is none. */
  readonly otherwise: number | null;
}

function sliceAt([argument = '', ...path]: readonly string[], { given, defaultOf }: SizeContext): Slice {
  const valueIn = given.get(argument) ?? NEVER_GIVEN;
  return {
    given: (variables) => valueAt(valueIn(variables), path),
    otherwise: sizeIn(valueAt(defaultOf(argument), path)),
  };
}
