/**
 * What becomes of an answer where an error stands at a position that must not be null, as the client asks for it by `onError`
 * (https://github.com/graphql/graphql-spec/pull/1163):
 * `NULL`: that position is null, and its siblings stay; `PROPAGATE`: the nearest position above that may be null is; `HALT`: the
 * first error, wherever it is, ends the operation, with `data: null`.
 */
export const ERROR_BEHAVIORS = ['NULL', 'PROPAGATE', 'HALT'] as const;

export type ErrorBehavior = (typeof ERROR_BEHAVIORS)[number];

export function isErrorBehavior(value: unknown): value is ErrorBehavior {
  return (ERROR_BEHAVIORS as readonly unknown[]).includes(value); // as: includes() asks for what is to be found out
}
