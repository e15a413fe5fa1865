import { __InputValue, type GraphQLInputField, print, type ValueNode } from 'graphql';

// What graphql-js marks as internal. test/internals.test.ts tells when an upgrade has moved it.

/** What its buildASTSchema is made of: all of it at once keeps the loop busy for 50 ms and more with a big schema. */
export { extendSchemaImpl } from 'graphql/utilities/extendSchema';
/** Checks an SDL by some rules only. */
export { validateSDL } from 'graphql/validation/validate';

/** Has introspection answer the defaults that `keeps` names as they were written, in this thread; others as graphql-js does. */
export function introspectAsWritten(keeps: (value: ValueNode) => boolean): void {
  const { defaultValue } = __InputValue.getFields();
  if (defaultValue === undefined) return;
  const { resolve = () => null } = defaultValue;
  defaultValue.resolve = (input: GraphQLInputField, ...others) => {
    const node = input.astNode?.defaultValue;
    return node !== undefined && keeps(node) ? print(node) : resolve(input, ...others);
  };
}
