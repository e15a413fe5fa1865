import type { SettingChange } from '../events';

/** Listed; a configuration may change from end to end. */
const LISTED_MAX = 100;

/** Keys that differ between two configurations in the form of the file, with their values; a list is one value. Pure. */
export function changedSettings(before: unknown, after: unknown): readonly SettingChange[] {
  return [...differences(before, after, [])].slice(0, LISTED_MAX);
}

function* differences(before: unknown, after: unknown, path: readonly string[]): Generator<SettingChange> {
  if (isSection(before) && isSection(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)]))
      yield* differences(before[key], after[key], [...path, key]);
    return;
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  yield { key: path.join('.'), ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
