import { GraphQLError } from 'graphql';
import { ERRORS } from '../errors';

/** A place of an answer that whoever asks may not have. */
export class UnauthorizedError extends GraphQLError {
  /** @param isWhole nothing is answered because of it */
  constructor(path: readonly (string | number)[], isWhole = false) {
    const code = 'UNAUTHORIZED_FIELD_OR_TYPE';
    const extensions = isWhole ? { code, http: { status: ERRORS[code].status } } : { code };
    super('Unauthorized field or type', { path, extensions });
  }
}
