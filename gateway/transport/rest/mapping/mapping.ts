import type { Json } from '../json';
import { type CompileOptions, compileMapping } from './compile';
import { parseMapping } from './parse';
import { type Reference, readsData, references } from './references';
import { rootScope, type Variables } from './scope';
import { type Shape, shapeOf } from './shape';

/** A mapping, parsed and compiled at load. */
export interface Mapping {
  /**
   * Maps data. Absent (undefined) when the data has nothing of what the mapping names.
   * @throws {MappingLimitError} too many steps, or a string grows too long
   */
  readonly run: (data: Json | undefined, variables: Variables) => Json | undefined;
  readonly references: readonly Reference[];
  /** Where the mapping reads `$`; null when it does not. */
  readonly dataOffset: number | null;
  readonly shape: Shape;
}

/** @throws {MappingSyntaxError} */
export function readMapping(text: string, options: CompileOptions): Mapping {
  const selection = parseMapping(text);
  const evaluate = compileMapping(selection, options);
  return {
    run: (data, variables) => evaluate(rootScope(data, variables)),
    references: references(selection),
    dataOffset: readsData(selection),
    shape: shapeOf(selection),
  };
}
