import type { Instance } from '../instance';
import type { Policy } from './policy';
import { roundRobin } from './round-robin';

/** The instance with the fewest requests in flight for its weight; among equals it goes round. */
export const leastRequests: Policy = (usable, random) => {
  let equals: [Instance, ...Instance[]] = [usable[0]];
  let least = Number.POSITIVE_INFINITY;
  for (const instance of usable) {
    const load = (instance.inFlight + 1) / instance.options.weight;
    if (load < least) {
      least = load;
      equals = [instance];
    } else if (load === least) equals.push(instance);
  }
  return equals.length === 1 ? equals[0] : roundRobin(equals, random);
};
