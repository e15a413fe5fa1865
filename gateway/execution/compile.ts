import type { DocumentNode, FieldNode, OperationDefinitionNode } from 'graphql';
import { HeadgateError } from '../errors';
import type { PlanNode } from '../planning/plan';
import type { SchemaView } from '../supergraph/requirements';
import type { Supergraph } from '../supergraph/supergraph';
import type { FetchStep } from '../transport/fetch';
import type { AnswerShape } from './answer-shape';
import { type AskedIntrospection, askedIntrospection } from './asked-introspection';
import { compileRequests } from './compile-requests';
import type { CompileScope, OperationScope } from './compile-scope';
import { completedFields } from './complete-object';
import type { ConditionValues } from './guards';
import { compileIntrospection, type Introspect } from './introspection';
import type { Placed } from './place-fetches';
import { placePlan } from './place-plan';
import type { Position } from './position';
import type { Choice, Program } from './program';
import { selectedFields } from './selected-fields';

/** Source of a compilation, whatever the conditions. */
export interface OperationSource {
  readonly plan: PlanNode | null;
  /** What is planned. */
  readonly operation: OperationDefinitionNode;
  /** As the client sent them. */
  readonly asked: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode };
  readonly shape: AnswerShape;
  readonly supergraph: Supergraph;
  readonly fetches: ReadonlyMap<string, FetchStep>;
  readonly scope: OperationScope;
  /** What of the schema introspection answers; null: all of it. */
  readonly view: SchemaView | null;
}

/**
 * Compiles what an operation asks for at its root, and the way from there to the answer.
 * @param planned scope of what is planned
 */
export function compileRoot(
  { operation, fragments, refused }: AnswerShape,
  root: Position,
  planned: CompileScope,
  introspect: (asked: AskedIntrospection) => Introspect,
) {
  const scope: CompileScope = { ...planned, fragments, refused };
  const selected = [...selectedFields(scope.rootType, [operation.selectionSet], scope)];
  const asked = askedIntrospection(operation, scope);
  return {
    asksForData: selected.some(([, nodes]) => nodes.some((one) => isData(one, scope))),
    fields: completedFields(scope.rootType, root, [operation.selectionSet], scope, true),
    introspect: asked.size === 0 ? null : introspect(asked),
  };
}

function isData(field: FieldNode, { refused }: CompileScope): boolean {
  return !field.name.value.startsWith('__') && !refused.has(field);
}

/** Compiles what a program is made of, whatever is chosen later. */
export function compilePlaced({ root, placed }: Placed, { fetches }: OperationSource, scope: CompileScope) {
  const requests = placed.step === null ? [] : compileRequests(placed.step, root, fetches, scope);
  return {
    requests,
    requestIndexes: [...requests.keys()],
    root,
    listDepths: placed.fetches.map(({ elements }) => elements.reduce((sum, { lists }) => sum + lists, 0)),
  };
}

export function nothingAnswers(): HeadgateError {
  return new HeadgateError('PLANNING_FAILED', 'no subgraph can answer the fields of this operation');
}

/**
 * The program of an operation for one combination of conditions.
 * @param conditions a value for each
 * @throws {HeadgateError} PLANNING_FAILED: the plan is empty although the operation asks for data, or names an unknown
 *   subgraph
 */
export function compile(source: OperationSource, conditions: ConditionValues): Program {
  const { plan, operation, shape } = source;
  const scope = { ...source.scope, conditions };
  const placed = placePlan(plan, operation, scope);
  const { asksForData, ...rest } = compileRoot(shape, placed.root, scope, (fields) =>
    compileIntrospection(source, fields),
  );
  if (asksForData && placed.placed.step === null) throw nothingAnswers();
  const choice: Choice = { ...rest, skipped: null };
  return { ...compilePlaced(placed, source, scope), isGeneral: false, choose: () => choice };
}
