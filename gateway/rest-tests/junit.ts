import { plainText } from '../plain-text';
import type { CaseResult, SuiteResult } from './run-suite';

/** The results as JUnit XML, which CI servers read. */
export function junitXml(suites: readonly SuiteResult[]): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>'];
  for (const { name, path, cases } of suites) {
    const count = (outcome: CaseResult['outcome']) => cases.filter((one) => one.outcome === outcome).length;
    const counts = `tests="${cases.length}" failures="${count('failed')}" skipped="${count('skipped')}"`;
    lines.push(`  <testsuite name="${attribute(name)}" file="${attribute(path)}" ${counts}>`);
    for (const one of cases) lines.push(...caseLines(path, one));
    lines.push('  </testsuite>');
  }
  return `${[...lines, '</testsuites>'].join('\n')}\n`;
}

function caseLines(
  path: string,
  { name, target, line, outcome, differences, durationMs }: CaseResult,
): readonly string[] {
  const time = (durationMs / 1000).toFixed(3);
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(target)}" file="${attribute(path)}" line="${line}" time="${time}"`;
  if (outcome === 'passed') return [`${open}/>`];
  if (outcome === 'skipped') return [`${open}>`, '      <skipped/>', '    </testcase>'];
  const message = differences.map(({ what }) => what).join(', ');
  const text = differences.map(({ what, expected, found }) => `${what}\n- ${expected}\n+ ${found}`).join('\n');
  return [`${open}>`, `      <failure message="${attribute(message)}">${attribute(text)}</failure>`, '    </testcase>'];
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Escaped, and without what XML cannot hold, not even escaped. */
function attribute(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}
