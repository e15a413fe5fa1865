import type { HeadgateError } from '../../errors';
import type { Storage } from './storage';

/** A storage that could not be read: every call is refused with what is wrong with it. @param damage REGISTRY_CORRUPT */
export function damagedStorage(damage: HeadgateError): Storage {
  const refuse = () => Promise.reject(damage);
  return {
    head: refuse,
    oldest: refuse,
    read: refuse,
    append: refuse,
    blob: refuse,
    prune: refuse,
    subscribe: () => () => undefined,
    close: async () => undefined,
  };
}
