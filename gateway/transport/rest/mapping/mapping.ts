import type { Json } from '../json';
import { compileMapping } from './compile';
import { LaterFeatureError } from './cursor';
import { shapeOf } from './infer-shape';
import { methodSince } from './methods/methods';
import { parseMapping } from './parse';
import {
  type MethodCall,
  methodCalls,
  type NameLiteral,
  nameLiterals,
  type Reference,
  readsData,
  references,
} from './references';
import { rowsAt } from './rows-at';
import { MappingLimitError, rootScope, type Variables } from './scope';
import type { Shape } from './shape';
import { type ConnectVersion, DEFAULT_VERSION, hasFeatureOf } from './versions';
import type { Watch } from './watch';

export interface MappingOptions {
  /** See {@link CompileOptions}. */
  readonly missing: 'omit' | 'null';
  /** The connect version whose language the text is in; v0.3 where it is not given. */
  readonly version?: ConnectVersion;
}

/** A mapping, parsed and compiled at load. */
export interface Mapping {
  readonly text: string;
  readonly options: MappingOptions;
  /**
   * Maps data. Absent (undefined) when the data has nothing of what the mapping names.
   * @throws {MappingLimitError} too many steps, or what it builds grows too large
   */
  readonly run: (data: Json | undefined, variables: Variables) => Json | undefined;
  readonly references: readonly Reference[];
  /** Where the mapping reads `$`; null when it does not. */
  readonly dataOffset: number | null;
  readonly shape: Shape;
  /** See {@link rowsAt}. */
  readonly rowsAt: readonly string[] | null;
  /** Methods that came with a later version than the text is of; they work all the same. */
  readonly laterMethods: readonly MethodCall[];
  /** Names of properties that look like values. */
  readonly nameLiterals: readonly NameLiteral[];
}

/**
 * @throws {MappingSyntaxError}
 * @throws {LaterFeatureError} the version does not have what the text uses
 */
export function readMapping(text: string, options: MappingOptions): Mapping {
  const { version = DEFAULT_VERSION } = options;
  const selection = parseMapping(text, version);
  const run = runner(selection, options);
  const later = methodCalls(selection).filter(({ name }) => !hasFeatureOf(version, methodSince(name) ?? version));
  for (const { name, offset } of later)
    if (methodSince(name) === 'v0.3') throw new LaterFeatureError(`\`->${name}\``, 'v0.3', null, offset);
  return {
    text,
    options,
    run,
    references: references(selection),
    dataOffset: readsData(selection),
    shape: shapeOf(selection),
    rowsAt: rowsAt(selection),
    laterMethods: later,
    nameLiterals: hasFeatureOf(version, 'v0.4') ? [] : nameLiterals(selection, text),
  };
}

/**
 * Compiles a parsed mapping.
 * @param watch is told of each step
 */
export function runner(
  selection: ReturnType<typeof parseMapping>,
  { missing }: MappingOptions,
  watch?: Watch,
): Mapping['run'] {
  const evaluate = compileMapping(selection, watch === undefined ? { missing } : { missing, watch });
  return (data, variables) => {
    try {
      return evaluate(rootScope(data, variables));
    } catch (error) {
      // Of the stack, or of what a string may hold.
      if (!(error instanceof RangeError)) throw error;
      throw new MappingLimitError('the mapping goes too deep, or builds too much', { cause: error });
    }
  };
}
