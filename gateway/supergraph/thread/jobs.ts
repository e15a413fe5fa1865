import type { GraphQLError } from 'graphql';
import type { ApiChange } from '../compare/api-changes';
import type { CostDirectives } from '../cost-directives';
import type { FullTypesData } from '../full-types';
import type { LintFinding, LintLevels } from '../lint/lint';
import type { Requirements, SchemaView } from '../requirements';
import type { SchemaTags } from '../schema-tags';
import type { CompositionHint, CompositionProblem, SubgraphDefinition, SupergraphSubgraph } from '../supergraph';
import type { ValidationOptions } from '../validation';

/** Jobs of the thread. One at a time. */
export type Job = ComposeJob | ReadJob | IntrospectJob | ValidateJob | CompareJob | LintJob;

export interface ComposeJob {
  readonly kind: 'compose';
  readonly subgraphs: readonly SubgraphDefinition[];
}

export interface ReadJob {
  readonly kind: 'read';
  readonly sdl: string;
}

export interface CompareJob {
  readonly kind: 'compare';
  /** SDL of what clients may see, in parts. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** What clients ask for, the most frequent first. */
  readonly operations: readonly { readonly text: string; readonly count: number }[];
}

interface LintJob {
  readonly kind: 'lint';
  readonly subgraph: string;
  /** Null: it is new. */
  readonly before: string | null;
  readonly sdl: string;
  readonly levels: LintLevels;
}

/** An operation with introspection in it. */
export interface IntrospectionRequest {
  readonly query: string;
  /** Null when the document has one operation only. */
  readonly operationName: string | null;
  /** Of the `__schema` and `__type` fields that are wanted, in the order in which the document has them. */
  readonly fields: readonly number[];
  /** Coerced; those that its introspection uses. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The schema of a job, as somebody sees it. */
interface OfSchema {
  /** Equal for equal `sdl`: the schema is built once. */
  readonly schemaId: number;
  /** Of the API schema, in parts that parse by themselves. */
  readonly sdl: readonly string[];
  /** Null: all of it. */
  readonly view: SchemaView | null;
}

export interface IntrospectJob extends IntrospectionRequest, OfSchema {
  readonly kind: 'introspect';
}

/** A document that parses. */
export interface ValidationRequest {
  readonly query: string;
  readonly options: ValidationOptions;
}

export interface ValidateJob extends ValidationRequest, OfSchema {
  readonly kind: 'validate';
}

/** Every job gets exactly one answer; only structured-cloneable values cross the border. */
export type JobAnswer = Composed | ReadSupergraph | Introspected | Validated | Compared | Linted | Refused | Crashed;

export interface Composed {
  readonly kind: 'composed';
  readonly sdl: string;
  readonly hints: readonly CompositionHint[];
}

/** The costly half of a supergraph; the rest is built from it on the main thread. */
export interface ReadSupergraph {
  readonly kind: 'read';
  /** SDL of what clients may see, in parts that parse by themselves. */
  readonly apiSdl: readonly string[];
  readonly fullTypes: FullTypesData;
  /** See {@link Supergraph.requirements}. */
  readonly requirements: Requirements | null;
  readonly costs: CostDirectives;
  readonly tags: SchemaTags;
  /** See {@link Supergraph.annotatedSdl}. */
  readonly annotatedSdl: string;
  /** Abstract type to object types, in the full supergraph. */
  readonly possibleTypes: readonly (readonly [string, readonly string[]])[];
  readonly subgraphs: readonly SupergraphSubgraph[];
}

export interface Introspected {
  readonly kind: 'introspected';
  /** JSON text of each field by its alias, `introspectionAlias`, in UTF-8. */
  readonly texts: readonly (readonly [string, Uint8Array])[];
  /** False when an error made all of it null. */
  readonly hasData: boolean;
  readonly errors: readonly Pick<GraphQLError, 'message' | 'path' | 'positions'>[];
}

export interface Validated {
  readonly kind: 'validated';
  readonly errors: readonly Pick<GraphQLError, 'message' | 'positions' | 'extensions'>[];
}

/** A difference with the operations that notice it. */
export interface NoticedChange extends Omit<ApiChange, 'noticedBy' | 'ifInvalid'> {
  readonly operations: number;
  /** Uses of them. */
  readonly requests: number;
  /** The most frequent of them, by their index, with what is wrong with each afterwards; null: it is valid. */
  readonly first: readonly { readonly operation: number; readonly error: string | null }[];
}

export interface Compared {
  readonly kind: 'compared';
  /** What breaks most comes first; not more than somebody will read. */
  readonly changes: readonly NoticedChange[];
}

interface Linted {
  readonly kind: 'linted';
  readonly findings: readonly LintFinding[];
}

/** The input is wrong. */
export interface Refused {
  readonly kind: 'refused';
  /** At most {@link PROBLEMS_MAX}. */
  readonly problems: readonly CompositionProblem[];
  /** How many there were. */
  readonly problemCount: number;
}

/** The library threw something that it does not document. */
export interface Crashed {
  readonly kind: 'crashed';
  readonly message: string;
  readonly stack: string;
}

const PROBLEMS_MAX = 200;

const MESSAGE_CHARACTERS_MAX = 4_000;

/** The answer to a wrong input, with no more than somebody will read. */
export function refused(problems: readonly CompositionProblem[]): Refused {
  const shown = problems.slice(0, PROBLEMS_MAX).map((problem) => ({ ...problem, message: shorten(problem.message) }));
  return { kind: 'refused', problems: shown, problemCount: problems.length };
}

function shorten(message: string): string {
  return message.length <= MESSAGE_CHARACTERS_MAX ? message : `${message.slice(0, MESSAGE_CHARACTERS_MAX)}…`;
}
