import {
  type ASTVisitor,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

/*
 * What an operation has to do with a schema, as texts: `Product.price` a field that is selected, of objects that an interface stands
 * for as well; `Query.product(id:)` an argument that is given; `Size.LARGE` and `Filter.size` in literals; `@tag` a directive; and the
 * three below.
 */

/** A type that is selected from, answered, or named. */
export function mentionOf(type: string): string {
  return type;
}

/** A type that a variable may hold, at any depth: nobody knows which of its members are given. */
export function inputMention(type: string): string {
  return `$${type}`;
}

/** An input type of which a literal is given. */
export function literalOf(type: string): string {
  return `{${type}}`;
}

/** All mentions of a document that is valid against `schema`; of one that is not, those that can be told. */
export function mentionsIn(schema: GraphQLSchema, document: DocumentNode): ReadonlySet<string> {
  const found = new Set<string>();
  const types = new TypeInfo(schema);
  const visitor: ASTVisitor = {
    Field({ name: { value: name } }) {
      const parent = types.getParentType();
      if (!parent) return;
      found.add(mentionOf(parent.name)).add(`${parent.name}.${name}`);
      if (isAbstractType(parent)) for (const type of schema.getPossibleTypes(parent)) found.add(`${type.name}.${name}`);
      const answered = getNamedType(types.getType());
      if (answered) found.add(mentionOf(answered.name));
    },
    Argument({ name }) {
      const directive = types.getDirective();
      const [parent, field] = [types.getParentType(), types.getFieldDef()];
      if (!directive && parent && field) {
        found.add(`${parent.name}.${field.name}(${name.value}:)`);
        if (isAbstractType(parent))
          for (const type of schema.getPossibleTypes(parent)) found.add(`${type.name}.${field.name}(${name.value}:)`);
      }
    },
    Directive: ({ name }) => void found.add(`@${name.value}`),
    NamedType: ({ name }) => void found.add(mentionOf(name.value)),
    VariableDefinition({ type }) {
      let inner = type;
      while (inner.kind !== 'NamedType') inner = inner.type;
      addInputs(found, schema.getType(inner.name.value));
    },
    ObjectValue() {
      const type = getNamedType(types.getInputType());
      if (isInputObjectType(type)) found.add(literalOf(type.name));
    },
    ObjectField({ name }) {
      const parent = getNamedType(types.getParentInputType());
      if (parent) found.add(`${parent.name}.${name.value}`);
    },
    EnumValue({ value }) {
      const type = getNamedType(types.getInputType());
      if (isEnumType(type)) found.add(`${type.name}.${value}`);
    },
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return found;
}

function addInputs(found: Set<string>, type: GraphQLNamedType | undefined): void {
  if (type === undefined || found.has(inputMention(type.name))) return;
  found.add(inputMention(type.name));
  if (!isInputObjectType(type)) return;
  for (const field of Object.values(type.getFields())) addInputs(found, getNamedType(field.type));
}
