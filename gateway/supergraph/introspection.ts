import type { GraphQLSchema } from 'graphql';
import { type Cancellation, CancellationSource } from '../cancellation';
import { InFlight } from '../in-flight';
import { KeptMap, textBytes } from '../kept';
import { keyOf } from '../key';
import { apiSdlOf } from './api-schema';
import { introspectionThread } from './thread/introspection-thread';
import type { Introspected, IntrospectionRequest } from './thread/jobs';

export type { Introspected, IntrospectionRequest } from './thread/jobs';

/** What was asked of one schema, and is being asked. */
class Answers {
  static #ids = 0;
  readonly #schemaId = ++Answers.#ids;
  readonly #sdl: readonly string[];
  readonly #known = new KeptMap<string, Introspected>({
    name: 'introspection',
    // That of 50 subgraphs with all descriptions has 5 million.
    weigh: ({ texts }, key) => texts.reduce((sum, [, text]) => sum + text.byteLength, textBytes(key)),
  });
  readonly #inFlight = new InFlight<Introspected>();

  constructor(sdl: readonly string[]) {
    this.#sdl = sdl;
  }

  answer(request: IntrospectionRequest, cancellation: Cancellation): Promise<Introspected> | Introspected {
    const { query, operationName, variables, fields } = request;
    const key = keyOf(operationName, fields.join(), JSON.stringify(variables), query);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const asked = this.#inFlight.find(key);
    if (asked !== undefined) return this.#inFlight.join(asked, cancellation);
    return this.#inFlight.begin(key, new CancellationSource(), cancellation, () => this.#ask(key, request));
  }

  async #ask(key: string, request: IntrospectionRequest): Promise<Introspected> {
    const job = { kind: 'introspect', schemaId: this.#schemaId, sdl: this.#sdl, ...request } as const;
    const answer = await introspectionThread.run(job);
    if (answer.kind !== 'introspected') throw new Error(`the introspection thread answered ${answer.kind}`);
    this.#known.set(key, answer);
    return answer;
  }
}

const answersOf = new WeakMap<GraphQLSchema, Answers>();

/**
 * Answers introspection in a thread: with a big schema it is work for half a second.
 * @throws {HeadgateError} PLANNING_OVERLOADED, PLANNING_FAILED (too long, too much memory); the reason of `cancellation`
 */
export async function introspect(
  apiSchema: GraphQLSchema,
  request: IntrospectionRequest,
  cancellation: Cancellation,
): Promise<Introspected> {
  let answers = answersOf.get(apiSchema);
  if (answers === undefined) {
    answers = new Answers(apiSdlOf(apiSchema));
    answersOf.set(apiSchema, answers);
  }
  return answers.answer(request, cancellation);
}
