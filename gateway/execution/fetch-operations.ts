import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionSetNode,
} from 'graphql';
import type { FetchNode } from '../planning/plan';
import { type FlattenElement, readFlattenPath } from './paths';
import type { Rename } from './position';

/** The operation of a fetch, read. */
export interface ParsedOperation {
  readonly definition: OperationDefinitionNode | null;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The first root field of a fetch that requires something, which is `_entities`; null for others. */
  readonly entities: FieldNode | null;
  /** What the fetch adds to its target: all of it, or what is selected below `_entities`. */
  readonly selections: SelectionSetNode;
  /** Response keys of the root fields. */
  readonly rootKeys: readonly string[];
  readonly renames: readonly Rename[];
  /** Equal for fetches of one subgraph whose representations may share a list; null when it has to be sent as it is. */
  readonly signature: string | null;
}

const NOTHING: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [] };
/** The planner's root field in an entity fetch. */
const ENTITIES = '_entities';

function renamesOf({ outputRewrites = [] }: FetchNode): Rename[] {
  return outputRewrites.flatMap((one) =>
    one.kind === 'KeyRenamer'
      ? [{ path: one.path.filter((element) => !element.startsWith('... on ')), to: one.renameKeyTo }]
      : [],
  );
}

function rootKeysOf(set: SelectionSetNode, fragments: ParsedOperation['fragments']): string[] {
  return set.selections.flatMap((one) => {
    if (one.kind === Kind.FIELD) return [one.alias?.value ?? one.name.value];
    const below = one.kind === Kind.INLINE_FRAGMENT ? one : fragments.get(one.name.value);
    return below === undefined ? [] : rootKeysOf(below.selectionSet, fragments);
  });
}

function signatureOf(node: FetchNode, definition: OperationDefinitionNode, hasFragments: boolean): string | null {
  const { requires, inputRewrites = [], outputRewrites = [] } = node;
  if (requires === undefined || node.operationKind !== 'query' || node.contextRewrites !== undefined) return null;
  const [entities, ...others] = definition.selectionSet.selections;
  if (hasFragments || others.length > 0 || entities?.kind !== Kind.FIELD || entities.name.value !== ENTITIES)
    return null;
  const selection = entities.selectionSet === undefined ? '' : print(entities.selectionSet);
  return JSON.stringify([selection, requires, inputRewrites, outputRewrites]);
}

function read(node: FetchNode): ParsedOperation {
  const { definitions } = parse(node.operation, { noLocation: true });
  const definition = definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION) ?? null;
  const fragments = new Map(
    definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])),
  );
  const whole = definition?.selectionSet ?? NOTHING;
  const [first] = whole.selections;
  const entities = node.requires !== undefined && first?.kind === Kind.FIELD ? first : null;
  return {
    definition,
    fragments,
    entities,
    selections: entities?.selectionSet ?? whole,
    rootKeys: rootKeysOf(whole, fragments),
    renames: renamesOf(node),
    signature: definition === null ? null : signatureOf(node, definition, fragments.size > 0),
  };
}

/** Operations of the fetches of one plan, for all of its programs: each text of a plan is read once, however many programs are made of it. */
export class FetchOperations {
  #read = new WeakMap<FetchNode, ParsedOperation>();
  #paths = new WeakMap<readonly string[], readonly FlattenElement[]>();

  of(node: FetchNode): ParsedOperation {
    let found = this.#read.get(node);
    if (found === undefined) {
      found = read(node);
      this.#read.set(node, found);
    }
    return found;
  }

  /** Frees what was read: it weighs more than the texts, and programs do not need it. It is read again when it is asked for. */
  forget(): void {
    this.#read = new WeakMap();
    this.#paths = new WeakMap();
  }

  /** Elements of a flatten path. */
  path(path: readonly string[]): readonly FlattenElement[] {
    let found = this.#paths.get(path);
    if (found === undefined) {
      found = readFlattenPath(path);
      this.#paths.set(path, found);
    }
    return found;
  }
}
