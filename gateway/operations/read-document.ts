import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';
import { validationErrorsMax } from '../security/validation-errors';
import { syntaxRefusal, unresolved, validationRefusal } from './refusals';

/** A valid document, and the operation of it that is asked for. */
interface ReadOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

export interface ReadOptions {
  /** Suggestions tell what introspection is not to tell, and are dear where there are many names. */
  readonly hideSuggestions: boolean;
  /** Whether `__schema` and `__type` may be asked for. */
  readonly introspection: boolean;
}

export type ReadDocument = (
  query: string,
  operationName: string | undefined,
) => ReadOperation | readonly GraphQLError[];

export const INTROSPECTION_OFF = 'introspection is off: this gateway does not answer __schema and __type';

const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '__schema' && node.name.value !== '__type') return;
    const extensions = { validationErrorCode: 'INTROSPECTION_DISABLED' };
    context.reportError(new GraphQLError(INTROSPECTION_OFF, { nodes: [node], extensions }));
  },
});

/** Parses documents and validates them against the API schema of one version. */
export function documentReader(schema: GraphQLSchema, { hideSuggestions, introspection }: ReadOptions): ReadDocument {
  const rules = introspection ? specifiedRules : [...specifiedRules, noIntrospection];
  const options = { hideSuggestions, maxErrors: validationErrorsMax(schema) };
  return (query, operationName) => {
    const document = parsed(query);
    if (document instanceof GraphQLError) return [document];
    const errors = validate(schema, document, rules, options);
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
