import { GraphQLError, Source } from 'graphql';
import { type Authorization, policiesIn } from '../authorization/authorization';
import type { Call } from '../call';
import { isHeadgateError } from '../errors';
import { type Soon, then } from '../layers';
import { validationErrorsMax } from '../security/validation-errors';
import { validateVisible } from '../supergraph/introspection';
import type { SchemaView } from '../supergraph/requirements';
import type { Supergraph } from '../supergraph/supergraph';
import type { ReadOptions } from './read-document';
import { validationRefusal } from './refusals';

type Coded = { readonly extensions?: Readonly<Record<string, unknown>> | undefined };

/** What clients are told of documents that are not valid: no name of what they may not see, where that is hidden. */
export class ErrorsInSight {
  readonly #authorization: Authorization;
  readonly #options: ReadOptions;

  constructor(authorization: Authorization, options: ReadOptions) {
    this.#authorization = authorization;
    this.#options = options;
  }

  /**
   * What is wrong with a document in the eyes of whoever sent it.
   * @param errors of the request as they are by all of the schema
   * @param query text of the document; undefined: nobody knows
   * @returns null when they may be told as they are
   */
  of(
    errors: readonly Coded[],
    supergraph: Supergraph,
    query: string | undefined,
    call: Call,
  ): Soon<readonly GraphQLError[] | null> {
    const { requirements } = supergraph;
    const { enabled, introspection, dryRun } = this.#authorization.options;
    if (!enabled || introspection !== 'filter' || dryRun || requirements === null) return null;
    if (!errors.some(isOfValidation)) return null;
    return then(this.#authorization.grant(requirements.all, policiesIn(requirements.all), call), (granted) =>
      granted.includes('0') ? this.#seen(supergraph, query, { requirements, granted }, call) : null,
    );
  }

  async #seen({ apiSchema }: Supergraph, query: string | undefined, view: SchemaView, call: Call) {
    if (query === undefined) return [untold()];
    // These alone: they go to a thread.
    const { hideSuggestions, introspection } = this.#options;
    const options = { hideSuggestions, introspection, maxErrors: validationErrorsMax(apiSchema) };
    try {
      const { errors } = await validateVisible(apiSchema, { query, options }, view, call.gone);
      const source = new Source(query);
      return errors.length === 0
        ? [untold()]
        : errors.map(({ message, positions, extensions }) =>
            validationRefusal(new GraphQLError(message, { source, positions, extensions })),
          );
    } catch (error) {
      if (error === call.gone.reason || !isHeadgateError(error)) throw error;
      // It takes too long, or too many ask: what is wrong is the document still.
      return [untold()];
    }
  }
}

function isOfValidation({ extensions }: Coded): boolean {
  return extensions?.code === 'GRAPHQL_VALIDATION_FAILED';
}

function untold(): GraphQLError {
  return validationRefusal(new GraphQLError('the document is not valid'));
}
