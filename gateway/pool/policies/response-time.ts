import type { Instance } from '../instance';
import type { Policy } from './policy';
import { weightedRandom } from './random';

/** Of two instances drawn by weight the one that is expected to answer sooner. */
export const responseTime: Policy = (usable, random) => {
  const first = weightedRandom(usable, random);
  const second = weightedRandom(usable, random);
  return cost(second) < cost(first) ? second : first;
};

/** An instance without an answer yet costs nothing, so that it is tried. */
function cost(instance: Instance): number {
  return ((instance.latencyMs ?? 0) * (instance.inFlight + 1)) / instance.options.weight;
}
