import type { Asked } from '../operations/asked';

type Extensions = Asked['extensions'];

/** The hash of `extensions.persistedQuery`; null when it names none. */
export function hashIn({ persistedQuery }: NonNullable<Extensions>): string | null {
  if (typeof persistedQuery !== 'object' || persistedQuery === null || !('sha256Hash' in persistedQuery)) return null;
  return String(persistedQuery.sha256Hash);
}

/** The others; undefined when there are none. */
export function withoutHash(extensions: Extensions): Extensions {
  if (extensions?.persistedQuery === undefined) return extensions;
  const { persistedQuery: _, ...others } = extensions;
  return Object.keys(others).length === 0 ? undefined : others;
}
