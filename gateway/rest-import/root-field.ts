import type { AnswerForm } from './answer-of';
import type { ObjectType, TypeUse } from './graph';
import type { Operation } from './operations';
import type { RequestDraft } from './request-of';

/** A field of Query or Mutation that is drafted. Changes while entities are looked for. */
export interface RootField {
  readonly operation: Operation;
  readonly root: 'Query' | 'Mutation';
  readonly name: string;
  readonly answer: AnswerForm['kind'];
  use: TypeUse;
  readonly target: ObjectType | null;
  request: RequestDraft;
  /** It finds the object of a key. */
  entity: boolean;
  /** Origin and path before its own, when they are others than those of the document. */
  readonly base: string | null;
}
