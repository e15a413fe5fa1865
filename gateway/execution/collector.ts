import type { PreparedFetch } from './prepared-fetch';
import type { Run } from './run';
import type { VisitTarget } from './targets';

/** Makes a request of the objects that its walk leads to. */
export interface Collector {
  readonly visit: VisitTarget;
  /** Null when there is nothing to ask for. Adds errors for objects that cannot be asked. */
  finish(run: Run): PreparedFetch | null;
}
