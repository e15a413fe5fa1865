import { GraphQLError } from 'graphql';

/** A place of an answer that whoever asks may not have. */
export class UnauthorizedError extends GraphQLError {
  constructor(path: readonly (string | number)[]) {
    super('Unauthorized field or type', { path, extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } });
  }
}
