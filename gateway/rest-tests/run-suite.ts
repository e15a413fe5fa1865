import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { HeadgateError } from '../errors';
import type { Connectors } from '../transport/rest/connector';
import { readConnectorsFromSdl } from '../transport/rest/connectors';
import { outcomeDifferences } from './compare-outcome';
import type { Difference } from './compare-request';
import { connectorAt, everyPlace, placeOf } from './connector-at';
import { explained, problemsOf } from './explain';
import { givenArguments } from './given-arguments';
import { cannedAnswer, rehearse } from './rehearsal';
import type { Suite, SuiteCase } from './suite';

export interface CaseResult {
  readonly name: string;
  readonly target: string;
  readonly line: number;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly differences: readonly Difference[];
  readonly durationMs: number;
}

export interface SuiteResult {
  readonly path: string;
  readonly name: string;
  readonly schema: string;
  /** Places of all connectors of the adapter. */
  readonly places: readonly string[];
  readonly cases: readonly CaseResult[];
}

/**
 * Runs the tests of a file, one after another; nothing is sent to anybody.
 * @throws {HeadgateError} CONNECT_INVALID, USAGE: the adapter is wrong, or cannot be read
 */
export async function runSuite(suite: Suite): Promise<SuiteResult> {
  const connectors = readConnectorsFromSdl(readAdapter(suite.schemaPath), nameOf(suite.schemaPath));
  const cases: CaseResult[] = [];
  for (const one of suite.cases) cases.push(await runCase(connectors, one));
  return { path: suite.path, name: suite.name, schema: suite.schemaPath, places: everyPlace(connectors), cases };
}

async function runCase(connectors: Connectors, one: SuiteCase): Promise<CaseResult> {
  const { name, target, line } = one;
  if (one.skip) return { name, target, line, outcome: 'skipped', differences: [], durationMs: 0 };
  const startedAt = performance.now();
  const differences = await differencesOf(connectors, one);
  const outcome = differences.length === 0 ? 'passed' : 'failed';
  return { name, target, line, outcome, differences, durationMs: performance.now() - startedAt };
}

async function differencesOf(connectors: Connectors, one: SuiteCase): Promise<readonly Difference[]> {
  const found = connectorAt(connectors, one.target);
  if (typeof found === 'string') return [{ what: 'target', expected: one.target, found }];
  const args = givenArguments(connectors, found, one.args);
  if (Array.isArray(args))
    return args.map((problem) => ({ what: 'variables $args', expected: 'what GraphQL takes', found: problem }));
  const { status, headers, body } = one.answer;
  const given = {
    variables: { ...(found.field !== null && { $args: args }), ...one.variables },
    config: one.config,
    headers: one.requestHeaders,
    env: one.env,
  };
  const send = async () => cannedAnswer(status, headers, body);
  const outcome = await rehearse(connectors, found.connector, given, send);
  return outcomeDifferences(one.expect, outcome, problemsOf(explained(found.connector, outcome)));
}

/** Places of connectors that no test is about. */
export function untested(suites: readonly SuiteResult[]): readonly string[] {
  const tested = new Set(
    suites.flatMap(({ schema, cases }) =>
      cases.filter(({ outcome }) => outcome !== 'skipped').map(({ target }) => `${schema} ${placeOf(target)}`),
    ),
  );
  const places = new Map(suites.map(({ schema, places: all }) => [schema, all]));
  return [...places].flatMap(([schema, all]) => all.filter((place) => !tested.has(`${schema} ${place}`)));
}

function readAdapter(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new HeadgateError('USAGE', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** The subgraph that an adapter is named for: `users` for `users.rest.graphql`. */
function nameOf(path: string): string {
  const name = basename(path).split('.')[0] ?? '';
  return name === '' ? 'rest' : name;
}
