import { HeadgateError } from '../errors';
import type { Route, RouteRequest } from './route';

type Match =
  | { readonly kind: 'found'; readonly route: Route; readonly params: Readonly<Record<string, string>> }
  /** The path exists for these methods. */
  | { readonly kind: 'method'; readonly allow: readonly string[] }
  | { readonly kind: 'none' };

interface Compiled {
  readonly route: Route;
  /** Null for a path without parameters: compared as a whole. */
  readonly segments: readonly string[] | null;
}

/** A route whose path fits, with what its parameters took. */
interface Fitting {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

export type Router = (request: RouteRequest) => Match;

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

function allowed(methods: ReadonlySet<string>): Match {
  if (methods.size === 0) return { kind: 'none' };
  const head = methods.has('GET') ? ['HEAD'] : [];
  return { kind: 'method', allow: [...methods, ...head, 'OPTIONS'] };
}

/** @returns null when none of these is for this method */
function choose(fitting: readonly Fitting[], request: RouteRequest): Match | null {
  const wanted = request.method === 'HEAD' ? 'GET' : request.method;
  for (const { route, params } of fitting) {
    if (route.method !== wanted || route.when?.(request) === false) continue;
    return { kind: 'found', route, params: params === NO_PARAMS ? params : decode(params) };
  }
  return null;
}

/**
 * The table of a listener as a function.
 * @throws {HeadgateError} BAD_REQUEST when a parameter cannot be decoded
 */
export function createRouter(routes: readonly Route[]): Router {
  const table: readonly Compiled[] = routes.map((route) => ({
    route,
    segments: /\/(:|\*$)/.test(route.path) ? route.path.split('/') : null,
  }));
  const fittingOf = (path: string): readonly Fitting[] =>
    table.flatMap((compiled) => {
      const params = fit(compiled, path);
      return params === null ? [] : [{ route: compiled.route, params }];
    });
  // What clients ask for all the time is found at once.
  const exact = new Map(routes.map(({ path }) => [path, fittingOf(path)]));
  return (request) => {
    const fitting = exact.get(request.path) ?? fittingOf(request.path);
    return choose(fitting, request) ?? allowed(new Set(fitting.map(({ route }) => route.method)));
  };
}
