import { resolve } from 'node:path';
import { Agent } from 'undici';
import { HeadgateError, isHeadgateError } from '../errors';
import { printProblem } from '../supergraph/compose';
import { introspectSubgraph } from '../supergraph/introspect';
import type { CompositionProblem, SubgraphDefinition } from '../supergraph/supergraph';
import { readSupergraphYaml, type YamlSubgraph } from './supergraph-yaml';

const INTROSPECTION = { timeoutMs: 10_000, bytesMax: 10 * 1024 * 1024 };

/**
 * The subgraphs of a supergraph.yaml, with the SDLs of those that have to be asked for it.
 * @throws {HeadgateError} CONFIG_INVALID; COMPOSITION_FAILED: some have none
 */
export async function subgraphsIn(file: string): Promise<readonly SubgraphDefinition[]> {
  return definitionsOf(await readSupergraphYaml(resolve(file), process.env));
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
