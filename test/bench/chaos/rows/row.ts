import type { Stage, StageOptions } from '../stage';
import type { Target } from '../targets/target';

/** One line of the table: a fault and what must hold. */
export interface Row {
  readonly id: string;
  readonly fault: string;
  /** What holds, in words. */
  readonly goal: string;
  /** Whether others go through the same. */
  readonly compared: boolean;
  run(bench: RowBench): Promise<Outcome>;
}

export interface RowBench {
  /** Who is tried; rows that are not compared know only Headgate. */
  readonly target: Target;
  /** Instances and a target before them, warmed up. Closed by the bench. */
  open(options?: StageOptions): Promise<Stage>;
  /** Registers what closes with the trial, however it ends; the last one first. */
  atEnd(close: () => Promise<unknown>): void;
}

export interface Outcome {
  /** Whether the goal was met. */
  readonly holds: boolean;
  /** What was measured, for readers. */
  readonly text: string;
  readonly figures: Readonly<Record<string, number>>;
}

/** `12`, `3.4`, `0.12`: three digits at most. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value) || value >= 100) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}
