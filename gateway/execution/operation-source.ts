import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { Plan } from '../planning/plan';
import type { SchemaView } from '../supergraph/requirements';
import type { Supergraph } from '../supergraph/supergraph';
import type { FetchStep } from '../transport/fetch';
import { type AnswerShape, NOTHING_REFUSED } from './answer-shape';
import type { OperationSource } from './compile';
import { compileScope } from './compile-scope';

/** An operation without what is refused of it. */
export interface Permitted {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly shape: AnswerShape;
  /** What of the schema introspection answers; null: all of it. */
  readonly view: SchemaView | null;
  /** Values of variables that only what is refused uses are not looked at: what is wrong with them would tell of it. */
  readonly isDiscreet: boolean;
}

interface SourceInput {
  readonly plan: Plan;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly permitted?: Permitted | undefined;
  readonly supergraph: Supergraph;
  readonly fetches: ReadonlyMap<string, FetchStep>;
}

/** What the programs of an operation are compiled of. */
export function operationSource(input: SourceInput): OperationSource {
  const { plan, document, operation, permitted, supergraph, fetches } = input;
  const planned = permitted ?? { document, operation };
  const scope = compileScope({ planned, document, supergraph });
  return {
    plan: plan.node,
    operation: planned.operation,
    asked: { document, operation },
    shape: permitted?.shape ?? { operation, fragments: scope.fragments, refused: NOTHING_REFUSED },
    supergraph,
    fetches,
    scope,
    view: permitted?.view ?? null,
  };
}
