interface Key {
  /** Dotted; `*` stands for any one key or list index. */
  readonly key: string;
  /** Values that ask for what happens anyway. */
  readonly except?: readonly unknown[];
}

/** Keys of a pool, in every scope that may hold them. */
const OF_A_POOL: readonly Key[] = [{ key: 'retry.mutations', except: [false] }];

const OF_A_SUBGRAPH: readonly Key[] = [{ key: 'deduplicate', except: [false] }, ...OF_A_POOL];

/**
 * Keys of the contract that this version accepts without acting on them. Whoever brings one into effect takes it off
 * this list.
 */
const NOT_IN_EFFECT: readonly Key[] = [
  ...under('subgraphs.*.sources.*', OF_A_POOL),
  { key: 'traffic_shaping.router.deduplicate', except: [false] },
  { key: 'traffic_shaping.router.max_concurrency' },
  ...under('traffic_shaping.all', OF_A_SUBGRAPH),
  ...under('traffic_shaping.subgraphs.*', OF_A_SUBGRAPH),
  { key: 'authentication' },
  { key: 'authorization' },
  { key: 'cors' },
  { key: 'csrf' },
  { key: 'persisted_documents' },
  { key: 'rate_limit' },
  { key: 'cache' },
  { key: 'error_masking' },
  { key: 'telemetry' },
  { key: 'subscriptions' },
  { key: 'demand_control' },
];

/** Dotted paths of the keys that the file sets in vain. */
export function keysNotInEffect(given: unknown): string[] {
  return NOT_IN_EFFECT.flatMap(({ key, except = [] }) =>
    matches(given, key.split('.'), []).flatMap(({ path, value }) => (except.includes(value) ? [] : [path])),
  );
}

function matches(
  value: unknown,
  pattern: readonly string[],
  path: readonly string[],
): { path: string; value: unknown }[] {
  const [step, ...rest] = pattern;
  if (step === undefined) return [{ path: path.join('.'), value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([key]) => step === '*' || step === key)
    .flatMap(([key, below]) => matches(below, rest, [...path, key]));
}

function under(scope: string, keys: readonly Key[]): Key[] {
  return keys.map(({ key, ...others }) => ({ key: `${scope}.${key}`, ...others }));
}
