import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { nestsDeeperThan } from './bracket-depth';
import { countDefinitions } from './definition-counts';
import { countOperations } from './operation-counts';
import type { LimitMode, LimitName, LimitOptions } from './options';
import { countOverlaps } from './overlaps';
import { hasMoreJsonThan, hasMoreLinesThan, hasMoreValuesThan } from './sizes';

/** A limit that a request exceeds. */
interface Exceeded {
  readonly limit: LimitName;
  readonly max: number;
  readonly mode: LimitMode;
}

/** Decision on a request: refuse it when `error` says so, announce each of `exceeded` in any case. */
export interface Verdict {
  readonly error: GraphQLError | null;
  readonly exceeded: readonly Exceeded[];
}

/**
 * Deeper nesting than any allowed selection or value needs, and far from what ends a parser's stack. Holds in every
 * mode: whoever recurses next would fail.
 */
const BRACKET_DEPTH_MAX = 512;

/** What each limit counts, in the words of its error. */
const WHAT: Readonly<Record<LimitName, string>> = {
  max_characters: 'characters',
  max_lines: 'lines',
  max_tokens: 'tokens',
  max_operations: 'operations in its document',
  max_fragments: 'fragments in its document',
  max_variables: 'variables',
  max_directives: 'directives',
  max_directives_per_node: 'directives at one field, fragment, variable or operation',
  max_depth: 'levels of fields',
  max_aliases: 'aliases',
  max_root_fields: 'root fields',
  max_expanded_selections: 'selections once its fragments are expanded',
  max_overlaps: 'pairs of fields under one key of the answer',
  max_introspection_lists: 'lists of the schema in its introspection',
  max_variable_values: 'values in its variables',
  expanded_bytes: 'bytes once its fragments are expanded',
  plan_bytes: 'bytes in the requests that its plan sends to subgraphs',
  max_answer_objects: 'objects in its answer',
  answer_bytes: 'bytes in its answer',
};

/** Limits, one after another, until one that is enforced is exceeded. */
class Check {
  readonly #options: LimitOptions;
  readonly exceeded: Exceeded[] = [];
  error: GraphQLError | null = null;

  constructor(options: LimitOptions) {
    this.#options = options;
  }

  /** @returns true when the request is refused */
  hold(limit: LimitName, exceeds: (max: number) => boolean): boolean {
    const { max, mode } = this.#options[limit];
    return exceeds(max) && this.exceed({ limit, max, mode });
  }

  exceed(exceeded: Exceeded, what = WHAT[exceeded.limit]): boolean {
    const { limit, max, mode } = exceeded;
    this.exceeded.push(exceeded);
    if (mode === 'measure') return false;
    const message = `The operation has more than ${max} ${what}; the gateway's limits.${limit} refuses it.`;
    this.error = new GraphQLError(message, {
      extensions: { code: 'OPERATION_LIMIT_EXCEEDED', limit, max, http: { status: 400 } },
    });
    return true;
  }

  /** The cheap counts first: those after them rely on what they allow. */
  holdDocument(document: DocumentNode): boolean {
    const written = countDefinitions(document);
    if (this.hold('max_operations', (max) => written.operations > max)) return true;
    if (this.hold('max_fragments', (max) => written.fragments > max)) return true;
    if (this.hold('max_variables', (max) => written.variables > max)) return true;
    if (this.hold('max_directives', (max) => written.directives > max)) return true;
    if (this.hold('max_directives_per_node', (max) => written.directivesPerNode > max)) return true;
    const expanded = countOperations(document);
    if (this.hold('max_depth', (max) => expanded.depth > max)) return true;
    if (this.hold('max_aliases', (max) => expanded.aliases > max)) return true;
    if (this.hold('max_root_fields', (max) => expanded.rootFields > max)) return true;
    if (this.hold('max_expanded_selections', (max) => expanded.selections > max)) return true;
    if (this.hold('expanded_bytes', (max) => expanded.bytes > max)) return true;
    if (this.hold('max_introspection_lists', (max) => expanded.introspectionLists > max)) return true;
    return this.hold('max_overlaps', (max) => countOverlaps(document, max) > max);
  }

  holdText(text: string): boolean {
    if (this.hold('max_characters', (max) => text.length > max)) return true;
    if (nestsDeeperThan(text, BRACKET_DEPTH_MAX)) return this.#nestsTooDeep();
    if (this.hold('max_lines', (max) => hasMoreLinesThan(text, max))) return true;
    const tokens = this.#options.max_tokens;
    try {
      const enforced = tokens.mode === 'enforce' ? { maxTokens: tokens.max } : {};
      const document = parse(text, { noLocation: true, ...enforced });
      if (this.hold('max_tokens', (max) => (document.tokenCount ?? 0) > max)) return true;
      return this.holdDocument(document);
    } catch (error) {
      if (error instanceof RangeError) return this.#nestsTooDeep();
      const isTooLong = error instanceof GraphQLError && error.message.includes(`${tokens.max} tokens`);
      return isTooLong && this.exceed({ limit: 'max_tokens', ...tokens });
    }
  }

  #nestsTooDeep(): boolean {
    return this.exceed({ limit: 'max_depth', max: BRACKET_DEPTH_MAX, mode: 'enforce' }, 'nested brackets');
  }
}

/**
 * Judges an operation's text, before anything expensive looks at it. A text that does not parse keeps to the
 * limits: whoever parses it next says what is wrong with it.
 */
export function judgeText(text: string, options: LimitOptions): Verdict {
  const check = new Check(options);
  check.holdText(text);
  return check;
}

/** Judges a plan, before it is compiled. @param bytes of its requests together */
export function judgePlan(bytes: number, options: LimitOptions): Verdict {
  const check = new Check(options);
  check.hold('plan_bytes', (max) => bytes > max);
  return check;
}

/** Values of a request's body that are none of its variables: generously. */
const OTHER_VALUES_MAX = 100;

/** Judges a body that is not parsed yet: refuses what {@link judgeVariables} would refuse. */
export function judgeBody(text: string, options: LimitOptions): Verdict {
  const check = new Check(options);
  // What is only measured is measured once, when it is parsed.
  if (options.max_variable_values.mode === 'enforce')
    check.hold('max_variable_values', (max) => hasMoreJsonThan(text, max + OTHER_VALUES_MAX));
  return check;
}

/** @param variables parsed JSON, of a depth that allows recursion */
export function judgeVariables(variables: unknown, options: LimitOptions): Verdict {
  const check = new Check(options);
  check.hold('max_variable_values', (max) => hasMoreValuesThan(variables, max));
  return check;
}
