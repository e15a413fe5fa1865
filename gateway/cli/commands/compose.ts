import { resolve } from 'node:path';
import type { Command } from 'commander';
import { Agent } from 'undici';
import { HeadgateError, isHeadgateError } from '../../errors';
import { type Composition, closeCompositionThread, composeSubgraphs, printProblem } from '../../supergraph/compose';
import { introspectSubgraph } from '../../supergraph/introspect';
import type { CompositionProblem, SubgraphDefinition } from '../../supergraph/supergraph';
import { writeFileAtomically } from '../../supergraph/write-file';
import { type CommandOutput, diagnose, runCommand } from '../output';
import { withProgress } from '../progress';
import { readSupergraphYaml, type YamlSubgraph } from '../supergraph-yaml';

const INTROSPECTION = { timeoutMs: 10_000, bytesMax: 10 * 1024 * 1024 };

/** `headgate compose`: exit 1 when the subgraphs do not compose, 3 when the YAML is wrong. */
export function registerCompose(program: Command): void {
  program
    .command('compose')
    .description('print the supergraph that the subgraphs of a supergraph.yaml compose to')
    .requiredOption('--config <file>', "supergraph.yaml, in Rover's form or in wgc's")
    .option('--output <file>', 'write the supergraph to a file instead of stdout')
    .action(runCommand(compose));
}

async function compose(options: { readonly config: string; readonly output?: string }): Promise<CommandOutput> {
  const subgraphs = await readSupergraphYaml(resolve(options.config), process.env);
  try {
    const { sdl, hints } = await withProgress('composing', composed(subgraphs));
    for (const hint of hints) diagnose(`hint[${hint.code}] ${hint.message}`);
    if (options.output === undefined) return { data: { sdl, hints }, text: sdl };
    const output = resolve(options.output);
    await writeFileAtomically(output, sdl.endsWith('\n') ? sdl : `${sdl}\n`);
    diagnose(`wrote ${output}`);
    return { data: { output, hints }, text: '' };
  } finally {
    await closeCompositionThread();
  }
}

async function composed(subgraphs: readonly YamlSubgraph[]): Promise<Composition> {
  return composeSubgraphs(await definitionsOf(subgraphs));
}

async function definitionsOf(subgraphs: readonly YamlSubgraph[]): Promise<readonly SubgraphDefinition[]> {
  const agent = new Agent();
  const problems: CompositionProblem[] = [];
  const definitions = await Promise.all(
    subgraphs.map(async ({ name, url, schema }) => {
      if ('sdl' in schema) return { name, url, sdl: schema.sdl };
      try {
        return { name, url, sdl: await ask(name, schema, agent) };
      } catch (error) {
        problems.push(problemOf(name, error));
        return { name, url, sdl: '' };
      }
    }),
  );
  await agent.destroy();
  if (problems.length === 0) return definitions;
  const message = `not every subgraph has an SDL:\n${problems.map(printProblem).join('\n')}`;
  throw new HeadgateError('COMPOSITION_FAILED', message, { details: { problems } });
}

function ask(name: string, schema: Extract<YamlSubgraph['schema'], { introspect: string }>, agent: Agent) {
  const { signal } = new AbortController();
  return introspectSubgraph(name, [schema.introspect], {
    ...INTROSPECTION,
    headers: schema.headers,
    dispatcher: agent,
    signal,
  });
}

function problemOf(subgraph: string, error: unknown): CompositionProblem {
  if (!isHeadgateError(error)) throw error;
  return { subgraph, message: error.message, code: error.code, line: null, column: null };
}
