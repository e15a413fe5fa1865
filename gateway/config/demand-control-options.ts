import type { DemandControlOptions } from '../demand-control/options';
import type { Settings } from './settings';

/** Null when nothing is estimated. */
export function demandControlOptions({ demand_control: section }: Settings): DemandControlOptions | null {
  if (section === undefined || !section.enabled) return null;
  const { mode, max, list_size: listSize, subgraphs, headers } = section;
  const subgraphMax = new Map(Object.entries(subgraphs).map(([name, own]) => [name, own.max]));
  return { mode, max: max ?? null, listSize, subgraphMax, headers };
}
