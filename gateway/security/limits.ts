import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { nestsDeeperThan } from './bracket-depth';
import { countOperations, type OperationCounts } from './operation-counts';
import type { LimitOptions } from './options';

/** Deeper nesting than any allowed selection or value needs, and far from what ends a parser's stack. */
const BRACKET_DEPTH_MAX = 512;

function exceeded(limit: string, max: number, what: string): GraphQLError {
  return new GraphQLError(`The operation has more than ${max} ${what}; the gateway's limits.${limit} refuses it.`, {
    extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit, http: { status: 400 } },
  });
}

/** What each limit counts, with its key in the configuration. */
const COUNTS: readonly {
  readonly limit: string;
  readonly what: string;
  readonly max: (options: LimitOptions) => number;
  readonly given: (counts: OperationCounts) => number;
}[] = [
  { limit: 'max_depth', what: 'levels of fields', max: (o) => o.maxDepth, given: (c) => c.depth },
  { limit: 'max_aliases', what: 'aliases', max: (o) => o.maxAliases, given: (c) => c.aliases },
  { limit: 'max_root_fields', what: 'root fields', max: (o) => o.maxRootFields, given: (c) => c.rootFields },
  {
    limit: 'max_expanded_selections',
    what: 'selections once its fragments are expanded',
    max: (o) => o.maxExpandedSelections,
    given: (c) => c.selections,
  },
];

/** The first limit that a parsed operation exceeds, as an error for the client; null when it keeps to all. */
export function exceededLimit(document: DocumentNode, options: LimitOptions): GraphQLError | null {
  const counts = countOperations(document);
  const over = COUNTS.find(({ max, given }) => given(counts) > max(options));
  return over === undefined ? null : exceeded(over.limit, over.max(options), over.what);
}

/**
 * The same for an operation's text, before anything expensive looks at it. A text that does not parse keeps to the
 * limits: whoever parses it next says what is wrong with it.
 */
export function exceededTextLimit(text: string, options: LimitOptions): GraphQLError | null {
  if (nestsDeeperThan(text, BRACKET_DEPTH_MAX)) return exceeded('max_depth', BRACKET_DEPTH_MAX, 'nested brackets');
  try {
    return exceededLimit(parse(text, { noLocation: true, maxTokens: options.maxTokens }), options);
  } catch (error) {
    const isTooLong = error instanceof GraphQLError && error.message.includes(`${options.maxTokens} tokens`);
    return isTooLong ? exceeded('max_tokens', options.maxTokens, 'tokens') : null;
  }
}
