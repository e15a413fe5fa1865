import type { Fact } from '../facts';
import type { Reads } from '../flight';

interface TooExpensive {
  readonly estimated: number;
  readonly max: number;
}

/** Subgraphs that are not asked for an operation with these variables, since that would cost too much. */
export const REFUSED_SUBGRAPHS: Fact<ReadonlyMap<string, TooExpensive>> = {
  name: 'refused subgraphs',
  keyOf: (refused) => [...refused.keys()].sort().join(),
};

/** To be declared for all that such a fact makes different. */
export const REFUSED_READS: Reads = { headers: [], matching: [], facts: [REFUSED_SUBGRAPHS], isPrivate: false };
