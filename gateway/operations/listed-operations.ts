import { type OperationDefinitionNode, parse } from 'graphql';
import type { OperationInUse } from '../planning/warm-up';
import type { ReadDocument } from './read-document';

/** An operation of a document that is known beforehand. */
export interface ListedOperation extends OperationInUse {
  /** Names that a request may ask for it by; undefined: by none. */
  readonly askedAs: readonly (string | undefined)[];
}

/** What became of documents that were looked at. */
export interface ListedCounts {
  invalid: number;
}

/**
 * The operations of documents, each read when it is asked for. Documents that are not valid, or not allowed, are counted and left out.
 * @param allows whether a text keeps to the limits
 */
export function* listedOperations(
  texts: Iterable<string>,
  read: ReadDocument,
  allows: (text: string) => boolean,
  counts: ListedCounts,
): Generator<ListedOperation> {
  for (const text of texts) {
    const found = allows(text) ? operationsOf(text, read) : [];
    if (found.length === 0) counts.invalid += 1;
    yield* found;
  }
}

function operationsOf(query: string, read: ReadDocument): ListedOperation[] {
  const only = read(query, undefined);
  if ('document' in only) {
    const { document, operation } = only;
    const name = operation.name?.value;
    return isPlanned(operation)
      ? [
          {
            query,
            operationName: null,
            document,
            operation,
            askedAs: name === undefined ? [undefined] : [undefined, name],
          },
        ]
      : [];
  }
  return namesIn(query).flatMap((name) => {
    const named = read(query, name);
    if (!('document' in named) || !isPlanned(named.operation)) return [];
    return [{ query, operationName: name, document: named.document, operation: named.operation, askedAs: [name] }];
  });
}

function isPlanned({ operation }: OperationDefinitionNode): boolean {
  return operation !== 'subscription';
}

/** Of a document with several operations; none where it cannot be read. */
function namesIn(query: string): string[] {
  try {
    const operations = parse(query).definitions.filter((one) => one.kind === 'OperationDefinition');
    return operations.length < 2 ? [] : operations.flatMap(({ name }) => name?.value ?? []);
  } catch {
    return [];
  }
}
