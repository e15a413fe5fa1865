import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { HeadgateError } from '../errors';
import type { FetchNode, PlanNode, Rewrite } from '../planning/plan';
import { fullTypesOf } from '../supergraph/full-types';
import type { Supergraph } from '../supergraph/supergraph';
import type { Send } from '../transport/send';
import type { CompileScope } from './compile-scope';
import { completedFields } from './complete-object';
import type { ConditionValues } from './conditions';
import type { FetchStep } from './fetch-step';
import { compileIntrospection, type Introspect, isIntrospection } from './introspection';
import { readFlattenPath } from './paths';
import { markSelection, Position, type Rename, settlePositions } from './position';
import type { Step } from './program';
import { representationBuilder } from './representation';
import { selectedFields } from './selected-fields';
import { compileTargets } from './targets';

/** What an operation is compiled from. */
export interface CompileInput {
  readonly plan: PlanNode | null;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly supergraph: Supergraph;
  readonly sends: ReadonlyMap<string, Send>;
  readonly conditions: ConditionValues;
}

/** An operation with everything decided that can be decided before a request comes. */
export interface Program {
  /** Null when no subgraph is needed. */
  readonly step: Step | null;
  readonly root: Position;
  readonly fields: ReturnType<typeof completedFields>;
  /** Null when the operation asks for no introspection. */
  readonly introspect: Introspect | null;
  /** List levels above the place where each fetch begins, by fetch id. */
  readonly listDepths: readonly number[];
}

/** A fetch node at its place, before the positions are settled. */
interface PlacedFetch {
  readonly id: number;
  readonly node: FetchNode;
  readonly path: readonly string[];
  readonly rootKeys: readonly string[];
}

type PlacedStep =
  | { readonly kind: 'sequence' | 'parallel'; readonly steps: readonly PlacedStep[] }
  | { readonly kind: 'fetch'; readonly fetch: PlacedFetch };

function renamesOf(rewrites: readonly Rewrite[] | undefined): Rename[] {
  return (rewrites ?? []).flatMap((one) =>
    one.kind === 'KeyRenamer'
      ? [{ path: one.path.filter((element) => !element.startsWith('... on ')), to: one.renameKeyTo }]
      : [],
  );
}

function positionAt(root: Position, path: readonly string[]): Position {
  return readFlattenPath(path).reduce((position, { key }) => position.child(key), root);
}

/** Gives each fetch its id and marks what it answers. */
function place(root: Position, plan: PlanNode | null, conditions: ConditionValues) {
  const fetches: PlacedFetch[] = [];

  function placeFetch(node: FetchNode, path: readonly string[]): PlacedStep {
    const document = parse(node.operation, { noLocation: true });
    const definition = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
    const fields = (definition?.selectionSet.selections ?? []).filter(
      (one): one is FieldNode => one.kind === Kind.FIELD,
    );
    const entities = node.requires === undefined ? undefined : fields[0]?.selectionSet;
    const selections = entities ?? definition?.selectionSet;
    const fetch = { id: fetches.length, node, path, rootKeys: fields.map((one) => one.alias?.value ?? one.name.value) };
    if (selections !== undefined)
      markSelection(positionAt(root, path), selections, fetch.id, document, renamesOf(node.outputRewrites));
    fetches.push(fetch);
    return { kind: 'fetch', fetch };
  }

  function placeNode(node: PlanNode | undefined, path: readonly string[]): PlacedStep | null {
    if (node === undefined) return null;
    switch (node.kind) {
      case 'Fetch':
        return placeFetch(node, path);
      case 'Flatten':
        return placeNode(node.node, [...path, ...node.path]);
      case 'Condition':
        return placeNode(conditions.get(node.condition) === true ? node.ifClause : node.elseClause, path);
      case 'Sequence':
      case 'Parallel': {
        const steps = node.nodes.map((one) => placeNode(one, path)).filter((one) => one !== null);
        if (steps.length === 0) return null;
        return { kind: node.kind === 'Sequence' ? 'sequence' : 'parallel', steps };
      }
    }
  }
  return { step: placeNode(plan ?? undefined, []), fetches };
}

function fetchStep(placed: PlacedFetch, root: Position, input: CompileInput): FetchStep {
  const { node } = placed;
  const types = fullTypesOf(input.supergraph);
  const send = input.sends.get(node.serviceName);
  if (send === undefined)
    throw new HeadgateError('PLANNING_FAILED', `the plan names subgraph ${node.serviceName}, which is not configured`);
  const path = readFlattenPath(placed.path);
  return {
    id: placed.id,
    subgraph: node.serviceName,
    send,
    operation: node.operation,
    operationName: node.operationName,
    operationKind: node.operationKind,
    variableUsages: node.variableUsages,
    rootKeys: placed.rootKeys,
    root,
    walk: compileTargets(root, path, types),
    representation:
      node.requires === undefined
        ? null
        : representationBuilder(
            positionAt(root, placed.path),
            node.requires,
            node.inputRewrites ?? [],
            node.serviceName,
            types,
          ),
    outputRewrites: node.outputRewrites ?? [],
    types,
  };
}

function compileStep(placed: PlacedStep | null, root: Position, input: CompileInput): Step | null {
  if (placed === null) return null;
  if (placed.kind === 'fetch') return { kind: 'fetch', fetch: fetchStep(placed.fetch, root, input) };
  const steps = placed.steps.map((one) => compileStep(one, root, input)).filter((one) => one !== null);
  return { kind: placed.kind, steps };
}

function scopeOf({ document, supergraph, conditions }: CompileInput): CompileScope {
  const { apiSchema } = supergraph;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  return {
    fragments,
    conditions,
    apiSchema,
    types: fullTypesOf(supergraph),
    fits(typename, condition) {
      if (typename === condition) return true;
      const abstract = apiSchema.getType(condition);
      const concrete = apiSchema.getType(typename);
      return (
        isAbstractType(abstract) &&
        (isObjectType(concrete) || isInterfaceType(concrete)) &&
        apiSchema.isSubType(abstract, concrete)
      );
    },
  };
}

/**
 * @throws {HeadgateError} PLANNING_FAILED: the plan is empty although the operation asks for data, or names an unknown
 *   subgraph
 */
export function compile(input: CompileInput): Program {
  const { operation, document, supergraph } = input;
  const root = new Position();
  const placed = place(root, input.plan, input.conditions);
  settlePositions(root);

  const scope = scopeOf(input);
  const rootType = supergraph.apiSchema.getRootType(operation.operation);
  const selected = [...selectedFields(rootType?.name ?? '', [operation.selectionSet], scope)];
  const introspected = selected.flatMap(([, nodes]) => nodes.filter(isIntrospection));
  const asksForData = selected.some(([, nodes]) => nodes.some((one) => !one.name.value.startsWith('__')));
  if (asksForData && placed.step === null)
    throw new HeadgateError('PLANNING_FAILED', 'no subgraph can answer the fields of this operation');
  return {
    step: compileStep(placed.step, root, input),
    root,
    fields: completedFields(rootType?.name ?? '', root, [operation.selectionSet], scope),
    introspect:
      introspected.length === 0 ? null : compileIntrospection(introspected, operation, document, supergraph.apiSchema),
    listDepths: placed.fetches.map(({ path }) => path.filter((element) => element === '@').length),
  };
}
