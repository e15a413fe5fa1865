import { parseJson } from '../transport/rest/parse-json';
import { jsonDifferences, shownJson } from './json-difference';
import type { SentRequest } from './rehearsal';
import type { Expected } from './suite';

/** One thing that is not as expected. */
export interface Difference {
  /** `request url`, `response rows[0].name`. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

const DEPTH_MAX = 100;

/** Compares a request with what is expected of it; what is not named may be anything. */
export function requestDifferences(expected: Expected['request'], sent: SentRequest | null): readonly Difference[] {
  if (expected === undefined) return [];
  if (expected === null) {
    return sent === null ? [] : [{ what: 'request', expected: 'nothing is sent', found: `${sent.method} ${sent.url}` }];
  }
  if (sent === null) return [{ what: 'request', expected: 'one is sent', found: 'nothing is sent' }];
  const { method = 'GET', headers = {}, body } = expected;
  const own: Difference[] = [];
  if (sent.method !== method) own.push({ what: 'request method', expected: method, found: sent.method });
  own.push(...urlDifferences(expected, sent.url));
  for (const [name, value] of Object.entries(headers)) {
    const found = sent.headers[name.toLowerCase()];
    if (found !== value) own.push({ what: `request header ${name}`, expected: value, found: found ?? 'nothing' });
  }
  return body === undefined ? own : [...own, ...bodyDifferences(body, sent.body)];
}

function urlDifferences(expected: NonNullable<Expected['request']>, url: string): readonly Difference[] {
  const found = new URL(url);
  const { url: whole, scheme, origin, path, queryParams } = expected;
  const own: Difference[] = [];
  if (whole !== undefined && !sameUrl(whole, found)) own.push({ what: 'request url', expected: whole, found: url });
  if (scheme !== undefined && `${scheme}:` !== found.protocol)
    own.push({ what: 'request scheme', expected: scheme, found: found.protocol.slice(0, -1) });
  if (origin !== undefined && origin !== found.host && origin !== found.origin)
    own.push({ what: 'request origin', expected: origin, found: origin.includes('://') ? found.origin : found.host });
  if (path !== undefined && !samePath(path, found.pathname))
    own.push({ what: 'request path', expected: path, found: found.pathname });
  if (queryParams !== undefined) {
    const wanted = new URLSearchParams();
    for (const [name, value] of Object.entries(queryParams))
      for (const one of Array.isArray(value) ? value : [value]) wanted.append(name, String(one));
    if (sortedPairs(wanted) !== sortedPairs(found.searchParams))
      own.push({ what: 'request queryParams', expected: String(wanted), found: String(found.searchParams) });
  }
  return own;
}

/** The same place and the same parameters, however they are encoded and in whatever order. */
function sameUrl(expected: string, found: URL): boolean {
  if (!URL.canParse(expected)) return false;
  const wanted = new URL(expected);
  return (
    wanted.origin === found.origin &&
    samePath(wanted.pathname, found.pathname) &&
    sortedPairs(wanted.searchParams) === sortedPairs(found.searchParams)
  );
}

function samePath(expected: string, found: string): boolean {
  return expected === found || segments(expected) === segments(found);
}

function segments(path: string): string {
  return JSON.stringify(path.split('/').map(decoded));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a `%` that stands for itself
  }
}

function sortedPairs(params: URLSearchParams): string {
  return JSON.stringify([...params].map((pair) => JSON.stringify(pair)).sort());
}

function bodyDifferences(expected: string | null, found: string | null): readonly Difference[] {
  if (expected === found) return [];
  if (expected === null || found === null)
    return [{ what: 'request body', expected: expected ?? 'none', found: found ?? 'none' }];
  const [left, right] = [parseJson(expected, DEPTH_MAX), parseJson(found, DEPTH_MAX)];
  if (!left.ok || !right.ok) {
    return expected.trim() === found.trim() ? [] : [{ what: 'request body', expected: expected.trim(), found }];
  }
  return jsonDifferences(left.value, right.value).map((one) => ({
    what: `request body ${one.path}`.trim(),
    expected: shownJson(one.expected),
    found: shownJson(one.found),
  }));
}
