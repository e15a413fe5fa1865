import type { GraphQLSchema } from 'graphql';
import { type Cancellation, CancellationSource } from '../cancellation';
import { InFlight } from '../in-flight';
import { KeptMap, textBytes } from '../kept';
import { keyOf } from '../key';
import { apiSdlOf } from './api-schema';
import type { SchemaView } from './requirements';
import { introspectionThread } from './thread/introspection-thread';
import type { Introspected, IntrospectionRequest, Job, JobAnswer, Validated, ValidationRequest } from './thread/jobs';

export type { Introspected, IntrospectionRequest, Validated, ValidationRequest } from './thread/jobs';

/** Of an error, beside its message. */
const ERROR_BYTES = 300;

type Answer = Introspected | Validated;

/** What was asked of one schema, and is being asked. */
class Answers {
  static #ids = 0;
  readonly #schemaId = ++Answers.#ids;
  readonly #sdl: readonly string[];
  readonly #known = new KeptMap<string, Answer>({
    name: 'introspection',
    // That of 50 subgraphs with all descriptions has 5 million.
    weigh: (answer, key) => textBytes(key) + bytesOf(answer),
  });
  readonly #inFlight = new InFlight<Answer>();

  constructor(sdl: readonly string[]) {
    this.#sdl = sdl;
  }

  async introspect(
    request: IntrospectionRequest,
    view: SchemaView | null,
    cancellation: Cancellation,
  ): Promise<Introspected> {
    const { query, operationName, variables, fields } = request;
    const key = keyOf(view?.granted, operationName, fields.join(), JSON.stringify(variables), query);
    const answer = await this.#answer(key, { kind: 'introspect', ...this.#of(view), ...request }, cancellation);
    if (answer.kind !== 'introspected') throw new Error(`the introspection thread answered ${answer.kind}`);
    return answer;
  }

  async validate(request: ValidationRequest, view: SchemaView, cancellation: Cancellation): Promise<Validated> {
    const { query, options } = request;
    const key = keyOf('validate', view.granted, JSON.stringify(options), query);
    const answer = await this.#answer(key, { kind: 'validate', ...this.#of(view), ...request }, cancellation);
    if (answer.kind !== 'validated') throw new Error(`the introspection thread answered ${answer.kind}`);
    return answer;
  }

  #of(view: SchemaView | null) {
    return { schemaId: this.#schemaId, sdl: this.#sdl, view };
  }

  #answer(key: string, job: Job, cancellation: Cancellation): Promise<Answer> | Answer {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const asked = this.#inFlight.find(key);
    if (asked !== undefined) return this.#inFlight.join(asked, cancellation);
    return this.#inFlight.begin(key, new CancellationSource(), cancellation, () => this.#ask(key, job));
  }

  async #ask(key: string, job: Job): Promise<Answer> {
    const answer = await introspectionThread.run(job);
    if (!isAnswer(answer)) throw new Error(`the introspection thread answered ${answer.kind}`);
    this.#known.set(key, answer);
    return answer;
  }
}

function isAnswer(answer: JobAnswer): answer is Answer {
  return answer.kind === 'introspected' || answer.kind === 'validated';
}

function bytesOf(answer: Answer): number {
  if (answer.kind === 'introspected') return answer.texts.reduce((sum, [, text]) => sum + text.byteLength, 0);
  return answer.errors.reduce((sum, { message }) => sum + textBytes(message) + ERROR_BYTES, 0);
}

const answersOf = new WeakMap<GraphQLSchema, Answers>();

function answers(apiSchema: GraphQLSchema): Answers {
  let found = answersOf.get(apiSchema);
  if (found === undefined) {
    found = new Answers(apiSdlOf(apiSchema));
    answersOf.set(apiSchema, found);
  }
  return found;
}

/**
 * Answers introspection in a thread: with a big schema it is work for half a second.
 * @param view what of the schema is seen; null: all of it
 * @throws {HeadgateError} PLANNING_OVERLOADED, PLANNING_FAILED (too long, too much memory); the reason of `cancellation`
 */
export function introspect(
  apiSchema: GraphQLSchema,
  request: IntrospectionRequest,
  cancellation: Cancellation,
  view: SchemaView | null = null,
): Promise<Introspected> {
  return answers(apiSchema).introspect(request, view, cancellation);
}

/**
 * Says what is wrong with a document, in words of what is seen of the schema.
 * @throws {HeadgateError} as {@link introspect} does
 */
export function validateVisible(
  apiSchema: GraphQLSchema,
  request: ValidationRequest,
  view: SchemaView,
  cancellation: Cancellation,
): Promise<Validated> {
  return answers(apiSchema).validate(request, view, cancellation);
}
