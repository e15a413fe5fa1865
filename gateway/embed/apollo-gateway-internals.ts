/**
 * The one value of `@apollo/gateway` that is needed, from its own file: the package itself loads a planner and a fetch.
 * test/internals.test.ts tells when an upgrade has moved it.
 */
export { GraphQLDataSourceRequestKind } from '@apollo/gateway/dist/datasources/types';
