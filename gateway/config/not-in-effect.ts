import type { Finding } from './problem';

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
  'telemetry.usage',
  'subscriptions',
];

/** Sections of the contract that protect, with who can do it as long as this version does not: whoever sets one relies on it. */
const PROTECTING: Readonly<Record<string, string>> = {
  demand_control: 'use `limits`, which bound depth, aliases and expanded selections',
};

/** Settings that would protect and do not: to accept them would be to say that they do. */
export function* protectionFindings(settings: Readonly<Record<string, unknown>>): Generator<Finding> {
  for (const [key, remedy] of Object.entries(PROTECTING)) {
    if (settings[key] === undefined) continue;
    const message = `this version does not act on it, so nothing would be protected; take it out and ${remedy}`;
    yield { path: [key], message, atKey: true };
  }
}

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
