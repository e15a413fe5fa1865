import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { HeadgateError } from '../../errors';
import { findSuites } from '../../rest-tests/find-suites';
import { junitXml } from '../../rest-tests/junit';
import { readSuite } from '../../rest-tests/read-suite';
import { type CaseResult, runSuite, type SuiteResult, untested } from '../../rest-tests/run-suite';
import type { Suite } from '../../rest-tests/suite';
import type { CommandOutput } from '../output';

export interface TestOptions {
  readonly schema?: string;
  readonly junit?: string;
}

/**
 * Reads every file of tests that is named or is in a folder.
 * @throws {HeadgateError} USAGE, CONFIG_INVALID: one cannot be read, or is wrong
 */
export function readSuites(paths: readonly string[], { schema }: TestOptions): readonly Suite[] {
  return findSuites(paths).map((path) => readSuite(path, schema));
}

/** @throws {HeadgateError} CONNECT_INVALID, USAGE: an adapter is wrong, or cannot be read */
export async function runSuites(suites: readonly Suite[], { junit }: TestOptions): Promise<CommandOutput> {
  const results: SuiteResult[] = [];
  for (const suite of suites) results.push(await runSuite(suite));
  if (junit !== undefined) write(junit, junitXml(results));
  const all = results.flatMap(({ cases }) => cases);
  const count = (outcome: CaseResult['outcome']) => all.filter((one) => one.outcome === outcome).length;
  const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
  const missing = untested(results);
  const without = missing.length === 0 ? [] : [`without a test: ${missing.join(', ')}`];
  const summary = `${passed} passed, ${failed} failed, ${skipped} skipped`;
  return {
    data: { passed, failed, skipped, untested: missing, suites: results },
    text: [...results.flatMap(suiteLines), ...without, summary].join('\n'),
    exitCode: failed === 0 ? 0 : 1,
  };
}

function suiteLines({ name, schema, cases, path }: SuiteResult): readonly string[] {
  return [`${name} (${relative('', schema)})`, ...cases.flatMap((one) => caseLines(path, one)), ''];
}

function caseLines(path: string, { name, outcome, target, line, differences }: CaseResult): readonly string[] {
  if (outcome === 'passed') return [`  ok    ${name}`];
  if (outcome === 'skipped') return [`  skip  ${name}`];
  return [
    `  FAIL  ${name}: ${target} (${path}:${line})`,
    ...differences.flatMap(({ what, expected, found }) => [
      `        ${what}`,
      `        - ${indented(expected)}`,
      `        + ${indented(found)}`,
    ]),
  ];
}

function indented(text: string): string {
  return text.replaceAll('\n', '\n          ');
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new HeadgateError('USAGE', `cannot write ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}
