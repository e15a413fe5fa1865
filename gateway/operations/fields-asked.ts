import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/** Lists the fields that an operation asks for, as coordinates: `User.name`; those of introspection left out. */
export function fieldsAsked(
  { document, operation }: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode },
  schema: GraphQLSchema,
): ReadonlySet<string> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const fields = new Set<string>();
  const reached = new Set<string>();
  const waiting: (OperationDefinitionNode | FragmentDefinitionNode)[] = [operation];
  const info = new TypeInfo(schema);
  const visitor = visitWithTypeInfo(info, {
    Field() {
      const [type, field] = [info.getParentType(), info.getFieldDef()];
      if (type && field && !field.name.startsWith('__') && !type.name.startsWith('__'))
        fields.add(`${type.name}.${field.name}`);
    },
    FragmentSpread({ name: { value } }) {
      const fragment = fragments.get(value);
      if (fragment === undefined || reached.has(value)) return;
      reached.add(value);
      waiting.push(fragment);
    },
  });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) visit(next, visitor);
  return fields;
}
