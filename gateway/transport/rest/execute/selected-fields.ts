import {
  type FieldNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** Names of the fields of `type` that the selections under `info` ask for, fragments, @skip and @include applied. */
export function selectedFields(info: GraphQLResolveInfo, type: GraphQLObjectType): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of info.fieldNodes) collect(node.selectionSet, info, type, names);
  return names;
}

function collect(
  selections: SelectionSetNode | undefined,
  info: GraphQLResolveInfo,
  type: GraphQLObjectType,
  names: Set<string>,
): void {
  for (const selection of selections?.selections ?? []) {
    if (!isIncluded(selection, info)) continue;
    if (selection.kind === Kind.FIELD) addField(selection, names);
    else {
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : info.fragments[selection.name.value];
      const condition = fragment?.typeCondition?.name.value;
      if (condition === undefined || applies(condition, info, type)) collect(fragment?.selectionSet, info, type, names);
    }
  }
}

function addField({ name }: FieldNode, names: Set<string>): void {
  if (name.value !== '__typename') names.add(name.value);
}

function applies(condition: string, { schema }: GraphQLResolveInfo, type: GraphQLObjectType): boolean {
  if (condition === type.name) return true;
  const conditional = schema.getType(condition);
  return isAbstractType(conditional) && schema.isSubType(conditional, type);
}

function isIncluded(selection: SelectionNode, { variableValues }: GraphQLResolveInfo): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, selection, variableValues);
  const include = getDirectiveValues(GraphQLIncludeDirective, selection, variableValues);
  return skip?.if !== true && include?.if !== false;
}
