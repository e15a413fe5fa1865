import { LIMIT_NAMES, type Limit, type LimitName, type LimitOptions } from '../security/options';
import type { Settings } from './settings';

export function limitOptions({ limits }: Settings): LimitOptions {
  const limitOf = (name: LimitName): Limit => {
    const given = limits[name];
    if (typeof given === 'number') return { max: given, mode: limits.mode };
    return { max: given.value, mode: given.mode ?? limits.mode };
  };
  // Every name is in the list.
  return Object.fromEntries(LIMIT_NAMES.map((name) => [name, limitOf(name)])) as LimitOptions;
}
