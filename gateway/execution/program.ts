import type { FetchStep } from './fetch-step';

/** A plan for one choice of its conditions, with everything decided that can be decided before a request comes. */
export type Step =
  | { readonly kind: 'sequence'; readonly steps: readonly Step[] }
  | { readonly kind: 'parallel'; readonly steps: readonly Step[] }
  | { readonly kind: 'fetch'; readonly fetch: FetchStep };
