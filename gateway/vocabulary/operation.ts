import { BOOL, DOUBLE, STRING } from '../expressions/types';
import type { Fact } from '../facts';
import { type Entry, following, group, value } from './entry';

/** Estimated cost of an operation with its variables; put there once it is prepared, where something asks for it. */
export const OPERATION_COST: Fact<number> = { name: 'operation cost', keyOf: String };

/** Id of the persisted document that an operation is; put there by whoever finds it. */
export const DOCUMENT_ID: Fact<string> = { name: 'document id', keyOf: (id) => id };

const IS_PERSISTED = following<boolean>('operation persisted', ({ facts }) => facts.get(DOCUMENT_ID) !== undefined);
const NAME = following<string>('operation name', ({ operation }) => operation?.name ?? '');
const KIND = following<string>('operation type', ({ operation }) => operation?.kind);
const HASH = following<string>('operation hash', ({ operation }) => operation?.hash);

/** What expressions know of an operation once it is prepared. */
export const OPERATION: Entry = group('operation', {
  /** Empty where it has none. */
  name: value(STRING, NAME),
  type: value(STRING, KIND),
  hash: value(STRING, HASH),
  cost: value(DOUBLE, OPERATION_COST),
  /** Whether it is a document of a manifest. */
  persisted: value(BOOL, IS_PERSISTED),
});
