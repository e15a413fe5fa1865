import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { validationErrorsMax } from '../security/validation-errors';
import { type ValidationOptions, validateDocument } from '../supergraph/validation';
import { syntaxRefusal, unresolved, validationRefusal } from './refusals';

/** A valid document, and the operation of it that is asked for. */
interface ReadOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

export type ReadOptions = Omit<ValidationOptions, 'maxErrors'>;

export type ReadDocument = (
  query: string,
  operationName: string | undefined,
) => ReadOperation | readonly GraphQLError[];

/** Parses documents and validates them against the API schema of one version. */
export function documentReader(schema: GraphQLSchema, { hideSuggestions, introspection }: ReadOptions): ReadDocument {
  const options = { hideSuggestions, introspection, maxErrors: validationErrorsMax(schema) };
  return (query, operationName) => {
    const document = parsed(query);
    if (document instanceof GraphQLError) return [document];
    const errors = validateDocument(schema, document, options);
    if (errors.length > 0) return errors.map(validationRefusal);
    const operation = getOperationAST(document, operationName);
    return operation ? { document, operation } : [unresolved()];
  };
}

function parsed(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return syntaxRefusal(error);
    throw error;
  }
}
