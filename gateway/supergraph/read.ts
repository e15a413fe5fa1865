import { createHash } from 'node:crypto';
import { buildApiSchema } from './api-schema';
import { keepCostDirectives } from './cost-directives';
import { keepFullTypes } from './full-types';
import { refusal } from './problems';
import { keepSchemaTags } from './schema-tags';
import type { Supergraph } from './supergraph';
import { compositionThread } from './thread/composition-thread';
import type { ReadSupergraph } from './thread/jobs';

/** The last two that were read, while somebody has them: what the registry has checked is compared with the one before, and delivered next. */
let last: readonly WeakRef<Supergraph>[] = [];

/**
 * Reads and checks a supergraph, in a worker thread; only the API schema is built on the calling thread, in slices.
 * @throws {HeadgateError} SUPERGRAPH_INVALID; `details.problems` = CompositionProblem[] without a subgraph
 */
export async function readSupergraph(sdl: string, signal?: AbortSignal): Promise<Supergraph> {
  const known = last.map((one) => one.deref()).find((one) => one?.sdl === sdl);
  if (known !== undefined) return known;
  const answer = await compositionThread.run({ kind: 'read', sdl }, signal);
  if (answer.kind !== 'read')
    throw refusal('SUPERGRAPH_INVALID', 'this is not a supergraph that Headgate can serve', answer);
  const supergraph = await build(sdl, answer);
  last = [new WeakRef(supergraph), ...last.slice(0, 1)];
  return supergraph;
}

/** First 16 hex digits of the SHA-256 of a supergraph's text. */
export function supergraphVersion(sdl: string): string {
  return createHash('sha256').update(sdl).digest('hex').slice(0, 16);
}

async function build(sdl: string, answer: ReadSupergraph): Promise<Supergraph> {
  const { apiSdl, annotatedSdl, possibleTypes, subgraphs, fullTypes, requirements, costs, tags } = answer;
  const supergraph: Supergraph = Object.freeze({
    version: supergraphVersion(sdl),
    sdl,
    annotatedSdl,
    // The thread validated it; the schema itself stays unfrozen because graphql-js fills it in on use.
    apiSchema: await buildApiSchema(apiSdl),
    possibleTypes: new Map(possibleTypes.map(([name, objects]) => [name, new Set(objects)])),
    requirements,
    subgraphs: new Map(subgraphs.map((subgraph) => [subgraph.name, Object.freeze(subgraph)])),
  });
  keepFullTypes(supergraph, fullTypes);
  keepCostDirectives(supergraph, costs);
  keepSchemaTags(supergraph, tags);
  return supergraph;
}
