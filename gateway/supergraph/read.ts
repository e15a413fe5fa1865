import { createHash } from 'node:crypto';
import { buildASTSchema, parse } from 'graphql';
import { refusal } from './problems';
import type { Supergraph } from './supergraph';
import { compositionThread } from './thread/composition-thread';
import type { ReadSupergraph } from './thread/jobs';

/**
 * Reads and checks a supergraph, in a worker thread; only the API schema is built on the calling thread.
 * @throws {HeadgateError} SUPERGRAPH_INVALID; `details.problems` = CompositionProblem[] without a subgraph
 */
export async function readSupergraph(sdl: string, signal?: AbortSignal): Promise<Supergraph> {
  const answer = await compositionThread.run({ kind: 'read', sdl }, signal);
  if (answer.kind === 'read') return build(sdl, answer);
  throw refusal('SUPERGRAPH_INVALID', 'this is not a supergraph that Headgate can serve', answer);
}

/** First 16 hex digits of the SHA-256 of a supergraph's text. */
export function supergraphVersion(sdl: string): string {
  return createHash('sha256').update(sdl).digest('hex').slice(0, 16);
}

function build(sdl: string, { apiSdl, possibleTypes, subgraphs }: ReadSupergraph): Supergraph {
  return Object.freeze({
    version: supergraphVersion(sdl),
    sdl,
    // The thread validated it; the schema itself stays unfrozen because graphql-js fills in its fields on first use.
    apiSchema: buildASTSchema(parse(apiSdl, { noLocation: true }), { assumeValid: true, assumeValidSDL: true }),
    possibleTypes: new Map(possibleTypes.map(([name, objects]) => [name, new Set(objects)])),
    subgraphs: new Map(subgraphs.map((subgraph) => [subgraph.name, Object.freeze(subgraph)])),
  });
}
