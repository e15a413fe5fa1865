import type { LintLevels } from '../supergraph/lint/lint';
import type { Checks } from './judgement';

export interface RegistryOptions {
  /** Absolute path of the folder of the journal and its blobs. */
  readonly directory: string;
  /** Null keeps every revision. */
  readonly retention: Retention | null;
  readonly checks: Checks;
  readonly lint: LintLevels;
}

/** Bounds on how much of the past is kept: what either holds. */
export interface Retention {
  /** So many of the newest, at least 1. */
  readonly revisionsMax: number;
  /** Those that are not older, in milliseconds. */
  readonly ageMs: number;
}
