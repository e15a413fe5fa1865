import { type Selection, soleValue } from './ast';
import { readsData } from './references';

/**
 * Keys that lead to the value whose elements a mapping maps one by one, each alike, when it is a list: `['data']` of `$.data { id name }`,
 * none of `id name`. Null where it does something else with the value.
 */
export function rowsAt(selection: Selection): readonly string[] | null {
  const sole = soleValue(selection);
  if (sole === null) return readsData(selection) === null ? null : [];
  if (sole.kind !== 'path' || sole.selection === null) return null;
  const { start, steps } = sole;
  if (start.kind !== 'dollar' && start.kind !== 'key') return null;
  const keys = start.kind === 'key' ? [start.key] : [];
  for (const step of steps) {
    if (step.kind === 'method') return null;
    if (step.kind === 'key') keys.push(step.key);
  }
  return keys;
}
