import { HeadgateError } from '../../errors';
import type { Authorship } from '../../registry/authorship';
import type { Instance } from '../../registry/state';
import { actorOf } from '../admin-keys';
import type { RouteRequest } from '../route';

const AUTHORSHIP = ['message', 'vcs_commit', 'vcs_author'];

/**
 * @param known parameters of the call besides those of authorship
 * @throws {HeadgateError} INVALID_ARGUMENT for any other: a misspelt one must not be passed over
 */
export function checkParameters({ query }: RouteRequest, known: readonly string[]): void {
  const unknown = [...query.keys()].find((key) => !known.includes(key) && !AUTHORSHIP.includes(key));
  if (unknown === undefined) return;
  const names = [...known, ...AUTHORSHIP].join(', ');
  throw invalid(`there is no parameter ${JSON.stringify(unknown.slice(0, 100))}; this call takes ${names}`);
}

/** `?name=true`, `?name=false`, or absent, which is false. */
export function flag({ query }: RouteRequest, name: string): boolean {
  const value = query.get(name);
  if (value === null || value === 'false') return false;
  if (value === 'true' || value === '') return true;
  throw invalid(`${name}=${value.slice(0, 100)}: give ${name}=true or ${name}=false`);
}

/**
 * The instances in the query, or null when there is no url. With as many weights as URLs they belong together in
 * their order; with fewer, each weight belongs to the URL right before it.
 */
export function instancesIn({ query }: RouteRequest): readonly Instance[] | null {
  const urls = query.getAll('url');
  const weights = query.getAll('weight').map(weightOf);
  if (urls.length === 0 && weights.length === 0) return null;
  if (weights.length === urls.length) return urls.map((url, i) => ({ url, weight: weights[i] ?? 1 }));
  return instancesBySequence(query);
}

function instancesBySequence(query: URLSearchParams): readonly Instance[] {
  const instances: Instance[] = [];
  let weighted = true;
  for (const [key, value] of query) {
    if (key === 'url') {
      instances.push({ url: value, weight: 1 });
      weighted = false;
    }
    if (key !== 'weight') continue;
    const last = instances.pop();
    if (last === undefined || weighted)
      throw invalid(`weight=${value} follows no URL: give it right after the URL it is for`);
    instances.push({ ...last, weight: weightOf(value) });
    weighted = true;
  }
  return instances;
}

function weightOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalid(`weight=${text.slice(0, 100)} is not a whole number`);
}

/** A revision number, or a bound of a range. */
export function positiveInteger(name: string, value: unknown): number {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isSafeInteger(number) && number > 0) return number;
  throw invalid(`${name} is ${(JSON.stringify(value) ?? 'missing').slice(0, 100)}; give a whole number from 1`);
}

/** Reads who calls, and what for. */
export function authorshipOf(request: RouteRequest): Authorship {
  const { query } = request;
  return {
    actor: actorOf(request),
    message: query.get('message'),
    vcs: { commit: query.get('vcs_commit'), author: query.get('vcs_author') },
  };
}

/** A segment of the path; the router fills in all that the route names. */
export function param({ params }: RouteRequest, name: string): string {
  const value = params[name];
  if (value === undefined) throw new Error(`the route has no :${name}`);
  return value;
}

export function invalid(message: string): HeadgateError {
  return new HeadgateError('INVALID_ARGUMENT', message);
}
