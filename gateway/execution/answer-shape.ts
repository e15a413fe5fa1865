import type { FieldNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';

/**
 * What a client asks for where some of it is refused: the plan knows nothing of that, and the answer has a null with an error in its
 * place.
 */
export interface AnswerShape {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Fields that are refused, and all that is selected below them. */
  readonly refused: ReadonlySet<FieldNode>;
}

export const NOTHING_REFUSED: AnswerShape['refused'] = new Set();
