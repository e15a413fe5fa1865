import type { Member } from '../member';

/** One choice: what is asked, and how the policy came to its answer. Reused from choice to choice. */
export interface PickContext<M extends Member> {
  nowMs: number;
  /** Not to be chosen. */
  tried: readonly M[];
  hashKey: string | null;
  /** Whether it is for a stream: those that are open count, as they do not for a request, which they leave time for. */
  forStream: boolean;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** The usual latency in the pool: what a member without an answer yet is taken to need. */
  usualMs: number;
  /** What the chosen one was compared with; null when with nobody. */
  other: M | null;
  /** NaN where the policy computes none. */
  cost: number;
  otherCost: number;
}

/** Chooses among certain members, by their weights. */
export interface Policy<M extends Member> {
  /** @returns null when all were tried */
  pick(context: PickContext<M>): M | null;
}

/** @param members never empty; their weights stay while the policy is used */
export type CreatePolicy = <M extends Member>(members: readonly M[], random: () => number) => Policy<M>;
