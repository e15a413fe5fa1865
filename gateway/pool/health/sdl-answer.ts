import { parseOrNone } from '../../json/parse';
import { sdlHash } from './sdl-hash';

/** Contents of an answer to `{ _service { sdl } }`. */
export interface SdlAnswer {
  /** Whether it is a GraphQL response at all. */
  readonly graphql: boolean;
  /** {@link sdlHash} of the schema in it; null when there is none. */
  readonly hash: string | null;
}

export function readSdlAnswer(body: Uint8Array): SdlAnswer {
  const answer = graphqlAnswer(body);
  if (answer === null) return { graphql: false, hash: null };
  const sdl = sdlIn(answer);
  return { graphql: true, hash: sdl === null ? null : sdlHash(sdl) };
}

/** The GraphQL response in a body; null when it is none. */
export function graphqlAnswer(body: Uint8Array): object | null {
  const answer = parseOrNone(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'));
  return typeof answer === 'object' && answer !== null && ('data' in answer || 'errors' in answer) ? answer : null;
}

function sdlIn(answer: object): string | null {
  const data = 'data' in answer ? answer.data : null;
  const service = typeof data === 'object' && data !== null && '_service' in data ? data._service : null;
  const sdl = typeof service === 'object' && service !== null && 'sdl' in service ? service.sdl : null;
  return typeof sdl === 'string' ? sdl : null;
}
