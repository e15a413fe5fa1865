import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';

/** A document of one operation: with the fragments and variables that it uses, and no others. */
export function documentOf(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): { readonly document: DocumentNode; readonly operation: OperationDefinitionNode } {
  const used = new Set<FragmentDefinitionNode>();
  const variables = new Set<string>();
  const look = (node: ASTNode) =>
    visit(node, {
      // Those are the definitions, which use nothing.
      VariableDefinition: () => false,
      Variable({ name }) {
        variables.add(name.value);
      },
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment !== undefined) used.add(fragment);
      },
    });
  look(operation);
  for (const fragment of used) look(fragment);
  const { variableDefinitions = [] } = operation;
  const kept = variableDefinitions.filter(({ variable }) => variables.has(variable.name.value));
  const whole = kept.length === variableDefinitions.length ? operation : { ...operation, variableDefinitions: kept };
  return { document: { kind: Kind.DOCUMENT, definitions: [whole, ...used] }, operation: whole };
}
