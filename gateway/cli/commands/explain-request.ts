import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';

import { loadConfig } from '../../config/load';
import { isHeadgateError } from '../../errors';
import { parseOrNone } from '../../json/parse';
import { closeCompositionThread } from '../../supergraph/compose';
import { tagText } from '../../tags';

import { type ListenerOptions, withListenerOptions } from '../admin-client';
import { type CommandOutput, diagnose, runCommand, usageError } from '../output';
import { planOperation } from '../plan-operation';
import { type Candidates, candidatesIn, type KnownPool, listedPool, runningPools } from '../rules/candidates';
import { configuredSupergraph } from '../rules/configured-supergraph';
import { callOf } from '../rules/given-request';
import { type JudgedCall, type JudgedFetch, judgeCall, judgeFetch } from '../rules/judged-request';

type JsonObject = Readonly<Record<string, unknown>>;

interface ExplainOptions extends ListenerOptions {
  readonly config?: string;
  readonly supergraph?: string;
  readonly query?: string;
  readonly operationName?: string;
  readonly variables: JsonObject;
  readonly header: readonly string[];
  readonly claims?: JsonObject;
  readonly scopes?: string;
  readonly peer?: string;
  readonly draw: number;
  readonly offline?: boolean;
}

interface ExplainedFetch extends JudgedFetch {
  readonly number: number;
  readonly subgraph: string;
  readonly after: readonly number[];
  readonly pools: readonly Candidates[];
}

const HELP = `
Examples:
  headgate explain-request -q '{ topProducts { name } }' -H 'x-canary: 1' --claims '{"sub":"anna"}'
  headgate explain-request checkout.graphql --config headgate.yaml --offline
`;
const PLANNING_MS = 30_000;
/** Rules by chance do not take the request, unless they take all. */
const NOT_DRAWN = 99.999;

/** `headgate explain-request`: sends nothing to a subgraph. */
export function registerExplainRequest(program: Command): void {
  const command = program
    .command('explain-request')
    .description('print what rules, limits and pools would make of a request, fetch by fetch')
    .argument('[operation-file]', 'a GraphQL document; - reads standard input')
    .option('-q, --query <text>', 'the document itself')
    .option('--operation-name <name>', 'which operation of the document, when it has several')
    .option('--variables <json>', 'values of variables that @skip and @include look at', readObject('--variables'), {})
    .option('-H, --header <header>', 'a header of the request, "name: value"; may be repeated', collect, [])
    .option('--claims <json>', 'claims of who asks; nobody is known when absent', readObject('--claims'))
    .option('--scopes <list>', 'scopes of who asks, separated by commas')
    .option('--peer <address>', 'address of the client')
    .option('--draw <number>', 'what rules by percent draw, from 0 to 100', readDraw, NOT_DRAWN)
    .option('--config <file>', 'the configuration; ./headgate.yaml by default')
    .option('--supergraph <file>', 'the supergraph; that of the configuration by default')
    .option('--offline', 'ask no running gateway how its instances are')
    .addHelpText('after', HELP);
  withListenerOptions(command).action(runCommand(explain));
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function readObject(option: string) {
  return (given: string): JsonObject => {
    const value = parseOrNone(given);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
    throw usageError(`${option} expects a JSON object`);
  };
}

function readDraw(given: string): number {
  const draw = Number(given);
  if (draw >= 0 && draw < 100) return draw;
  throw usageError(`--draw ${given} is no number from 0 to below 100`);
}

function headerOf(given: string): readonly [string, string] {
  const colon = given.indexOf(':');
  if (colon < 1) throw usageError(`--header ${JSON.stringify(given)} is none; give "name: value"`);
  return [given.slice(0, colon).trim(), given.slice(colon + 1).trim()];
}

async function readText(path: string): Promise<string> {
  try {
    return path === '-' ? await text(process.stdin) : await readFile(path, 'utf8');
  } catch (error) {
    throw usageError(`cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

async function explain(file: string | undefined, options: ExplainOptions): Promise<CommandOutput> {
  if ((file === undefined) === (options.query === undefined))
    throw usageError('give the operation: a file, or its text with --query');
  const { config } = await loadConfig(options.config === undefined ? {} : { path: options.config });
  try {
    const { supergraph, operationName, variables } = options;
    const sdl = supergraph === undefined ? await configuredSupergraph(config, options) : await readText(supergraph);
    const query = options.query ?? (await readText(file ?? '-'));
    const asked = { query, file: file ?? '--query', operationName, variables, deadlineMs: PLANNING_MS };
    const { operation, requests } = await planOperation(sdl, asked);
    const type = operation.operation === 'mutation' ? 'mutation' : 'query';
    const call = callOf(
      {
        headers: Object.fromEntries(options.header.map(headerOf)),
        peer: options.peer,
        claims: options.claims,
        scopes: options.scopes?.split(','),
      },
      { name: operation.name?.value, type },
    );
    const pools = await poolsOf(options);
    const fetches: ExplainedFetch[] = [];
    for (const { number, subgraph, after } of requests) {
      const of = config.subgraphs.get(subgraph) ?? config.optionsFor(subgraph, 'graphql', {});
      const judged = await judgeFetch(of, call, options.draw);
      const candidates = Object.values(of.pools).map((pool) =>
        candidatesIn(pools.find(({ name }) => name === pool.name) ?? listedPool(pool), judged),
      );
      fetches.push({ number, subgraph, after, ...judged, pools: candidates });
    }
    const judged = judgeCall(config, call);
    return { data: { ...judged, fetches }, text: [...callLines(judged), ...fetches.flatMap(fetchLines)].join('\n') };
  } finally {
    await closeCompositionThread();
  }
}

/** Empty where no gateway runs: what the configuration lists stands in. */
async function poolsOf(options: ExplainOptions): Promise<readonly KnownPool[]> {
  if (options.offline === true) return [];
  try {
    return await runningPools(options);
  } catch (error) {
    if (!isHeadgateError(error)) throw error;
    diagnose(`how instances are is not known: ${error.message}; those that the configuration lists are shown`);
    return [];
  }
}

function callLines({ rate_limits: limits, policies }: JudgedCall): readonly string[] {
  const held = Object.entries(policies).map(([name, holds]) => `${name} ${holds ? 'holds' : 'does not hold'}`);
  return [`rate limits  ${limits.join(', ') || 'none'}`, `policies     ${held.join(', ') || 'none'}`];
}

function fetchLines({ number, subgraph, after, ...fetch }: ExplainedFetch): readonly string[] {
  const { rule, tags, fallback, mirror, headers, pools } = fetch;
  const otherwise = fallback ? 'all are asked while none is well' : 'nobody else is asked';
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    `${number}  ${subgraph}${after.length > 0 ? `, after ${after.join(', ')}` : ''}`,
    `   rule         ${rule === null ? 'none: any instance' : `${rule}: ${tagText(tags ?? {})}; ${otherwise}`}`,
    ...(mirror === null ? [] : [`   copied by    ${mirror}`]),
    `   headers      ${sent.join('\n                ') || 'none'}`,
    ...pools.flatMap(poolLines),
  ];
}

function poolLines({ pool, policy, instances, passedOver, fallsBack }: Candidates): readonly string[] {
  const why = fallsBack ? ', nobody with the tags is well' : '';
  return [
    `   pool         ${pool}, ${policy}${why}`,
    ...instances.map(({ id, why: how }) => `   may be asked ${id}: ${how}`),
    ...(instances.length === 0 ? ['   may be asked nobody'] : []),
    ...passedOver.map(({ id, why: how }) => `   is not       ${id}: ${how}`),
  ];
}
