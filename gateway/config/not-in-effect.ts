/**
 * Keys of the contract that this version accepts without acting on them, dotted; `*` stands for any one key or list index.
 * Whoever brings one into effect takes it off this list.
 */
const NOT_IN_EFFECT: readonly string[] = [
  'cache',
  'telemetry.service_name',
  'telemetry.traces',
  'telemetry.metrics',
  'telemetry.logs.fields',
  'subscriptions',
];

/** Dotted paths of the keys that the file sets in vain. */
export function keysNotInEffect(given: unknown): string[] {
  return NOT_IN_EFFECT.flatMap((key) => matches(given, key.split('.'), []));
}

function matches(value: unknown, pattern: readonly string[], path: readonly string[]): string[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [path.join('.')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => step === '*' || step === key)
    .flatMap(([key, below]) => matches(below, rest, [...path, key]));
}
