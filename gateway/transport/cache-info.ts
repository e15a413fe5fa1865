import type { AnswerHeaders } from './headers';

/** What an answer says of being kept (RFC 9111). */
export interface CacheInfo {
  /** Seconds for which a cache that clients share may answer with it; 0: not at all. */
  readonly maxAge: number;
  /** `private`: it is for the client that asked. */
  readonly scope: 'public' | 'private';
}

const SECONDS = /^"?(\d{1,10})"?$/;
/** With one of these nothing is answered from a cache without asking again. */
const NEVER = ['no-store', 'no-cache'] as const;

/** Reads the headers of one answer; null when they say nothing. */
export function cacheInfoOf(headers: AnswerHeaders): CacheInfo | null {
  const given = headers['cache-control'];
  if (given === undefined) return null;
  const directives = readDirectives(String(given));
  const scope = directives.has('private') ? 'private' : 'public';
  const never = NEVER.some((name) => directives.has(name));
  // For a cache that is shared, s-maxage takes the place of max-age. What has no time, or a strange one, is stale.
  const lifetime = secondsOf(directives.get('s-maxage') ?? directives.get('max-age'));
  const age = secondsOf(String(headers.age ?? ''));
  return { maxAge: never ? 0 : Math.max(0, lifetime - age), scope };
}

/** One that is there several times has the value that keeps shortest. */
function readDirectives(text: string): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  // A comma within quotes (`private="set-cookie, x"`) is none.
  for (const one of text.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []) {
    const [name = '', value = ''] = one.split(/=(.*)/s, 2).map((part) => part.trim());
    const key = name.toLowerCase();
    const before = directives.get(key);
    if (before === undefined || secondsOf(value) < secondsOf(before)) directives.set(key, value);
  }
  return directives;
}

function secondsOf(text: string | undefined): number {
  const seconds = SECONDS.exec(text ?? '')?.[1];
  return seconds === undefined ? 0 : Number(seconds);
}

/**
 * What is said of something that is made of several answers: the shortest time, and private when one of them is. One that says
 * nothing while others do is not to be kept. Null when none says anything.
 */
export function mostRestrictive(each: readonly (CacheInfo | null)[]): CacheInfo | null {
  const said = each.filter((info) => info !== null);
  if (said.length === 0) return null;
  const maxAge = said.length < each.length ? 0 : Math.min(...said.map((info) => info.maxAge));
  return { maxAge, scope: said.some(({ scope }) => scope === 'private') ? 'private' : 'public' };
}
