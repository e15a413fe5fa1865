import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../../config/load';
import { type CommandOutput, runCommand } from '../output';
import { readCases } from '../rules/cases';
import { type CaseResult, runCase } from '../rules/run-case';

interface TestOptions {
  readonly config?: string;
}

const HELP = `
A file of cases:
  config: ./headgate.yaml
  cases:
    - name: testers go to v2
      request: { headers: { x-canary: "1" }, claims: { sub: anna } }
      operation: { name: Checkout, type: query }
      subgraph: products
      expect: { rule: testers, tags: { version: v2 }, headers: { x-user: anna, x-internal: null } }
`;

/** `headgate rules …`. */
export function registerRules(program: Command): void {
  program
    .command('rules')
    .description('test which instances, headers and limits the rules of a configuration give to requests')
    .command('test <file>')
    .description('compare what rules decide with what a file expects; exit 1 when something differs')
    .option('--config <file>', 'the configuration; the one that the file names, or ./headgate.yaml, by default')
    .addHelpText('after', HELP)
    .action(runCommand(test));
}

async function test(file: string, options: TestOptions): Promise<CommandOutput> {
  const { config: named, cases } = await readCases(file);
  const path = options.config ?? (named === undefined ? undefined : resolve(dirname(file), named));
  const { config } = await loadConfig(path === undefined ? {} : { path });
  const results: CaseResult[] = [];
  for (const one of cases) results.push(await runCase(one, config));
  const failed = results.filter(({ differences }) => differences.length > 0).length;
  const summary = `${results.length - failed} passed, ${failed} failed`;
  return {
    data: { passed: results.length - failed, failed, cases: results },
    text: [...results.flatMap(linesOf), summary].join('\n'),
    exitCode: failed === 0 ? 0 : 1,
  };
}

function linesOf({ name, differences }: CaseResult): readonly string[] {
  if (differences.length === 0) return [`ok    ${name}`];
  return [
    `FAIL  ${name}`,
    ...differences.flatMap(({ what, expected, found }) => [`      ${what}`, `      - ${expected}`, `      + ${found}`]),
  ];
}
