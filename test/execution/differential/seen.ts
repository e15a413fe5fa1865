import {
  type FieldNode,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isListType,
  isUnionType,
  Kind,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { holdsLong } from './numbers';

/** What a run counts, so that it is known that what a generator can make is made and reaches subgraphs. */
export const EXERCISED = [
  'number-in-result',
  'number-in-key',
  'number-in-requirement',
  'number-in-literal',
  'number-in-variable',
  'number-in-default',
  'one-of-in-literal',
  'one-of-in-variable',
  'one-of-in-default',
  'mark',
  'context',
  'number-in-context',
  'item-by-id',
  'item-by-code',
  'requirement-of-owner',
  'requirement-of-another-owner',
  'typename-at-root',
  'typename-in-mutation',
  'typename-below-list',
  'typename-below-union',
  'typename-of-interface',
  'typename-in-fragment',
  'typename-aliased',
] as const;
export type Exercised = (typeof EXERCISED)[number];
export type See = (what: Exercised) => void;

const NUMBER_INPUTS = ['Float', 'Long', 'Json', 'Numbers'];
const ONE_OF_INPUTS = ['One', 'Ones'];

/** Tells which arguments arrived at a subgraph, and how they were given. */
export function seeArguments(args: Readonly<Record<string, unknown>>, info: GraphQLResolveInfo, see: See): void {
  const [node] = info.fieldNodes;
  for (const { name, type } of info.parentType.getFields()[info.fieldName]?.args ?? []) {
    const value = args[name];
    if (value === undefined || value === null) continue;
    const given = node?.arguments?.find((one) => one.name.value === name)?.value;
    const named = getNamedType(type).name;
    const way = given === undefined ? 'default' : given.kind === Kind.VARIABLE ? 'variable' : 'literal';
    if (NUMBER_INPUTS.includes(named) && holdsLong(value)) see(`number-in-${way}`);
    if (ONE_OF_INPUTS.includes(named)) see(`one-of-in-${way}`);
  }
}

/** Tells where an operation asks for `__typename`. */
export function seeTypenames(schema: GraphQLSchema, query: string, see: See): void {
  const types = new TypeInfo(schema);
  let fragments = 0;
  const fragment = { enter: () => void fragments++, leave: () => void fragments-- };
  const look = ({ name, alias }: FieldNode) => {
    const parent = types.getParentType();
    if (name.value !== '__typename' || !parent) return;
    if (parent === schema.getQueryType()) see('typename-at-root');
    if (parent === schema.getMutationType()) see('typename-in-mutation');
    if (isUnionType(parent)) see('typename-below-union');
    else if (isAbstractType(parent)) see('typename-of-interface');
    if (fragments > 0) see('typename-in-fragment');
    if (alias !== undefined) see('typename-aliased');
    if (isBelowList.at(-1)) see('typename-below-list');
  };
  const isBelowList: boolean[] = [];
  const visitor = {
    InlineFragment: fragment,
    FragmentDefinition: fragment,
    Field: {
      enter(node: FieldNode) {
        look(node);
        const type = types.getType();
        isBelowList.push(isListType(type ? getNullableType(type) : type));
      },
      leave: () => void isBelowList.pop(),
    },
  };
  visit(parse(query), visitWithTypeInfo(types, visitor));
}
