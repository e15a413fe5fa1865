import type { Config } from '../../config/config';
import { nearestName } from '../../nearest-name';
import { tagText } from '../../tags';
import type { SubgraphOptions } from '../../transport/options';
import { usageError } from '../output';
import type { RuleCase } from './cases';
import { callOf } from './given-request';
import { type JudgedCall, type JudgedFetch, judgeCall, judgeFetch } from './judged-request';

/** One thing that is not as a case expects it. */
interface Difference {
  /** `rule`, `headers.x-user`. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

export interface CaseResult {
  readonly name: string;
  readonly differences: readonly Difference[];
}

/** @throws {HeadgateError} USAGE for a subgraph that the configuration does not know */
export async function runCase(given: RuleCase, config: Config): Promise<CaseResult> {
  const { name, subgraph, draw, expect } = given;
  const call = callOf(given.request, given.operation);
  const ofCall = judgeCall(config, call);
  const fetch = subgraph === undefined ? null : await judgeFetch(subgraphIn(config, subgraph, name), call, draw);
  return { name, differences: [...callDifferences(expect, ofCall), ...(fetch ? fetchDifferences(expect, fetch) : [])] };
}

/** One that only a supergraph names has the rules that the file gives it. */
function subgraphIn({ subgraphs, supergraph, optionsFor }: Config, wanted: string, place: string): SubgraphOptions {
  const known = subgraphs.get(wanted);
  if (known !== undefined) return known;
  if (supergraph.source !== 'subgraphs') return optionsFor(wanted, 'graphql', {});
  const nearest = nearestName(wanted, subgraphs.keys());
  const hint = nearest === undefined ? `known are ${[...subgraphs.keys()].join(', ')}` : `did you mean ${nearest}?`;
  throw usageError(`${place}: there is no subgraph ${wanted}; ${hint}`);
}

function* callDifferences(expect: RuleCase['expect'], found: JudgedCall): Generator<Difference> {
  if (expect.rate_limits !== undefined)
    yield* differing('rate_limits', listText(expect.rate_limits), listText(found.rate_limits));
  for (const [policy, holds] of Object.entries(expect.policies ?? {})) {
    const is = found.policies[policy];
    yield* differing(`policies.${policy}`, String(holds), is === undefined ? 'not in the configuration' : String(is));
  }
}

function* fetchDifferences(expect: RuleCase['expect'], found: JudgedFetch): Generator<Difference> {
  if (expect.rule !== undefined) yield* differing('rule', expect.rule ?? 'none', found.rule ?? 'none');
  if (expect.tags !== undefined) yield* differing('tags', tagsText(expect.tags), tagsText(found.tags));
  if (expect.mirror !== undefined) yield* differing('mirror', expect.mirror ?? 'none', found.mirror ?? 'none');
  for (const [header, value] of Object.entries(expect.headers ?? {})) {
    const sent = found.headers[header.toLowerCase()] ?? null;
    yield* differing(`headers.${header}`, headerText(value), headerText(sent));
  }
}

function* differing(what: string, expected: string, found: string): Generator<Difference> {
  if (expected !== found) yield { what, expected, found };
}

function listText(names: readonly string[]): string {
  return [...names].sort().join(', ') || 'none';
}

function tagsText(tags: Readonly<Record<string, string>> | null): string {
  return tags === null ? 'any' : tagText(tags);
}

function headerText(value: string | null): string {
  return value === null ? 'not sent' : JSON.stringify(value);
}
