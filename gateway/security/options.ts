/** Names of the limits: each is its key under `limits` in the configuration, which is also its name in errors, logs and metrics. */
export const LIMIT_NAMES = [
  'max_characters',
  'max_lines',
  'max_tokens',
  'max_operations',
  'max_fragments',
  'max_variables',
  'max_directives',
  'max_directives_per_node',
  'max_depth',
  'max_aliases',
  'max_root_fields',
  'max_expanded_selections',
  'max_overlaps',
  'max_introspection_lists',
  'max_variable_values',
  'expanded_bytes',
  'plan_bytes',
  'max_answer_objects',
  'answer_bytes',
] as const;

export type LimitName = (typeof LIMIT_NAMES)[number];

export interface Limit {
  readonly max: number;
  /** `measure` announces what exceeds the limit and lets it pass. */
  readonly mode: LimitMode;
}

export type LimitMode = 'enforce' | 'measure';

/** Counts that a request may not exceed. */
export type LimitOptions = Readonly<Record<LimitName, Limit>>;
