import type { Plan } from '../plan';

/** The first message to a planner thread: what it is to load. */
export interface PlannerThreadData {
  readonly sdl: string;
  readonly fetchesMax: number;
}

export interface PlanMessage {
  readonly id: number;
  readonly query: string;
  readonly operationName: string | null;
  readonly labels?: readonly string[];
}

/** `ready` comes once, when the supergraph is loaded; `failed` with id null when it could not be. */
export type PlannerReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'planned'; readonly id: number; readonly plan: Plan }
  | { readonly kind: 'failed'; readonly id: number | null; readonly message: string };
