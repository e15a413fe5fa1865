import type { Json } from '../transport/rest/json';
import type { RestError } from '../transport/rest/response/rest-error';
import { type Difference, requestDifferences } from './compare-request';
import type { MappingProblem } from './explain';
import { jsonDifferences, shownJson } from './json-difference';
import type { Outcome } from './rehearsal';
import type { Expected } from './suite';
import type { ExpectedError, ExpectedProblem } from './suite-shape';

/** Everything that is not as expected, the request first. */
export function outcomeDifferences(
  expected: Expected,
  outcome: Outcome,
  problems: readonly MappingProblem[],
): readonly Difference[] {
  return [
    ...requestDifferences(expected.request, outcome.request),
    ...errorDifferences(expected.errors, outcome.error),
    // Beside an error that nobody expected the missing value says nothing new.
    ...(outcome.error !== null && expected.errors.length === 0 ? [] : valueDifferences(expected, outcome.value)),
    ...headerDifferences(expected, outcome),
    ...problemDifferences(expected.problems, problems),
  ];
}

function valueDifferences({ value }: Expected, found: Json): readonly Difference[] {
  if (value === undefined) return [];
  return jsonDifferences(value, found).map((one) => ({
    what: `response ${one.path}`.trim(),
    expected: shownJson(one.expected),
    found: shownJson(one.found),
  }));
}

function headerDifferences({ headers = {} }: Expected, { answer }: Outcome): readonly Difference[] {
  return Object.entries(headers).flatMap(([name, expected]) => {
    const found = String(answer?.headers[name] ?? 'nothing');
    return found === expected ? [] : [{ what: `response header ${name}`, expected, found }];
  });
}

function errorDifferences(expected: readonly ExpectedError[], found: RestError | null): readonly Difference[] {
  const [first, ...more] = expected;
  if (first === undefined) return found === null ? [] : [{ what: 'error', expected: 'none', found: shownError(found) }];
  if (found === null) return [{ what: 'error', expected: describe(first), found: 'none' }];
  return [
    ...differencesOf(first, found),
    ...more.map((one) => ({ what: 'error', expected: describe(one), found: 'none: a connector fails with one error' })),
  ];
}

function differencesOf(expected: ExpectedError, { message, extensions }: RestError): readonly Difference[] {
  const own: Difference[] = [];
  const { message: whole, contains_message: part, extensions: some = {} } = expected;
  if (whole !== undefined && whole !== message) own.push({ what: 'error message', expected: whole, found: message });
  if (whole === undefined && part !== undefined && !message.includes(part))
    own.push({ what: 'error message', expected: `… ${part} …`, found: message });
  for (const [name, value] of Object.entries(some)) {
    // as: YAML gives JSON, and extensions go out as JSON
    for (const one of jsonDifferences(value as Json, (extensions[name] ?? null) as Json)) {
      const path = ['extensions', name, one.path].filter((step) => step !== '').join('.');
      own.push({ what: `error ${path}`, expected: shownJson(one.expected), found: shownJson(one.found) });
    }
  }
  return own;
}

function describe({ message, contains_message: part, extensions }: ExpectedError): string {
  return message ?? part ?? JSON.stringify(extensions);
}

function shownError({ message, extensions }: RestError): string {
  return `${String(extensions.code)} ${message}`;
}

/** Each that is expected has to be there, and no other. */
function problemDifferences(expected: Expected['problems'], found: readonly MappingProblem[]): readonly Difference[] {
  if (expected === undefined) return [];
  const left = [...found];
  const missing = expected.filter((one) => {
    const at = left.findIndex((problem) => isExpected(one, problem));
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  return [
    ...missing.map((one) => ({ what: 'problem', expected: JSON.stringify(one), found: 'none' })),
    ...left.map(({ path, message }) => ({ what: 'problem', expected: 'none', found: `${path}: ${message}` })),
  ];
}

function isExpected({ message, contains_message: part, path }: ExpectedProblem, found: MappingProblem): boolean {
  if (path !== undefined && path !== found.path) return false;
  if (message !== undefined) return message === found.message;
  return part === undefined || found.message.includes(part);
}
