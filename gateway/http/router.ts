import { HeadgateError } from '../errors';
import type { Route, RouteRequest } from './route';

interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: Route;
  /** Null for a path without parameters: compared as a whole. */
  readonly segments: readonly string[] | null;
}

/** The table of a listener. */
export interface Router {
  /**
   * Finds the route of a request; null when there is none for its path and method.
   * @throws {HeadgateError} BAD_REQUEST when a parameter cannot be decoded
   */
  find(request: RouteRequest): Match | null;
  /** Methods that a path answers; none for one that does not exist. */
  allowed(path: string): readonly string[];
}

const NO_PARAMS = Object.freeze({});

/** @returns the raw segments that parameters took, or null when the path does not fit */
function fit(compiled: Compiled, path: string): Readonly<Record<string, string>> | null {
  if (compiled.segments === null) return compiled.route.path === path ? NO_PARAMS : null;
  const actual = path.split('/');
  const params: Record<string, string> = {};
  for (const [index, wanted] of compiled.segments.entries()) {
    const given = actual[index];
    if (given === undefined) return null;
    if (wanted === '*') return { ...params, '*': actual.slice(index).join('/') };
    if (wanted.startsWith(':') && given !== '') params[wanted.slice(1)] = given;
    else if (wanted !== given) return null;
  }
  return actual.length === compiled.segments.length ? params : null;
}

function decode(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]));
  } catch {
    throw new HeadgateError(
      'BAD_REQUEST',
      'the path holds a percent sign that does not start an encoded utf-8 character',
    );
  }
}

/** @returns null when none of these is for this method */
function choose(fitting: readonly Match[], request: RouteRequest): Match | null {
  for (const { route, params } of fitting) {
    if (route.method !== request.method || route.when?.(request) === false) continue;
    return { route, params: params === NO_PARAMS ? params : decode(params) };
  }
  return null;
}

export function createRouter(routes: readonly Route[]): Router {
  const table: readonly Compiled[] = routes.map((route) => ({
    route,
    segments: /\/(:|\*$)/.test(route.path) ? route.path.split('/') : null,
  }));
  const fittingOf = (path: string): readonly Match[] =>
    table.flatMap((compiled) => {
      const params = fit(compiled, path);
      return params === null ? [] : [{ route: compiled.route, params }];
    });
  // What clients ask for all the time is found at once.
  const exact = new Map(routes.map(({ path }) => [path, fittingOf(path)]));
  return {
    find: (request) => choose(exact.get(request.path) ?? fittingOf(request.path), request),
    allowed(path) {
      const methods = new Set<string>(fittingOf(path).map(({ route }) => route.method));
      if (methods.size === 0) return [];
      return [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'];
    },
  };
}

/** Tells for which paths handshakes are taken; null when for none. */
export function upgradesOf(routes: readonly Route[]): ((path: string) => boolean) | null {
  const taking = routes.filter(({ upgrade }) => upgrade !== undefined);
  if (taking.length === 0) return null;
  const router = createRouter(taking);
  return (path) => router.allowed(path).length > 0;
}
