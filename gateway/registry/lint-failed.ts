import { HeadgateError } from '../errors';
import type { LintFinding } from '../supergraph/lint/lint';

/** The refusal of what breaks rules. @param findings at least one */
export function lintFailed(findings: readonly LintFinding[]): HeadgateError {
  const problems = findings.map(({ rule, level: _, message, ...place }) => ({
    ...place,
    message: `${message} (${rule})`,
    code: 'LINT_FAILED',
    rule,
  }));
  const lines = problems.map(({ subgraph, line, column, message }) => `${subgraph}:${line}:${column} ${message}`);
  const count =
    findings.length === 1 ? 'one rule of registry.lint is' : `${findings.length} rules of registry.lint are`;
  return new HeadgateError('LINT_FAILED', `${count} broken:\n${lines.join('\n')}`, { details: { problems } });
}
