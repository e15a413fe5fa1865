import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  specifiedRules,
  type ValidationRule,
  validate,
} from 'graphql';

export interface ValidationOptions {
  /** Suggestions tell what introspection is not to tell, and are dear where there are many names. */
  readonly hideSuggestions: boolean;
  /** Whether `__schema` and `__type` may be asked for. */
  readonly introspection: boolean;
  /** Errors after which nobody looks for more. */
  readonly maxErrors: number;
}

export const INTROSPECTION_OFF = 'introspection is off: this gateway does not answer __schema and __type';

const noIntrospection: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== '__schema' && node.name.value !== '__type') return;
    const extensions = { validationErrorCode: 'INTROSPECTION_DISABLED' };
    context.reportError(new GraphQLError(INTROSPECTION_OFF, { nodes: [node], extensions }));
  },
});

/** What is wrong with a document of a client; nothing when it is valid. */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  { introspection, ...options }: ValidationOptions,
): readonly GraphQLError[] {
  return validate(schema, document, introspection ? specifiedRules : [...specifiedRules, noIntrospection], options);
}
