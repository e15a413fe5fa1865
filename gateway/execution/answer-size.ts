import { GraphQLError } from 'graphql';
import { announce } from '../events';
import { growFor, type Holder } from '../under-way';

/** A limit on answers by its key under `limits`. */
export type AnswerLimitName = 'answer_bytes' | 'max_answer_objects';

/** Limits on an answer; `measure` announces what exceeds one and lets it pass. */
export type AnswerLimits = Readonly<
  Record<AnswerLimitName, { readonly max: number; readonly mode: 'enforce' | 'measure' }>
>;

export const UNLIMITED: AnswerLimits = {
  answer_bytes: { max: Number.POSITIVE_INFINITY, mode: 'enforce' },
  max_answer_objects: { max: Number.POSITIVE_INFINITY, mode: 'enforce' },
};

/** What is completed and written at once. An answer that is larger is made in turns of the loop. */
const AT_ONCE = { objects: 5_000, bytes: 250_000 };
/** What is done in one turn: 1 to 3 ms of work, for whoever asks meanwhile waits for several of them. */
const TURN = { objects: 2_000, bytes: 100_000 };
/** Memory that a turn takes: of places, or of objects. */
const TURN_MEMORY_BYTES = 400_000;

const WHAT: Readonly<Record<AnswerLimitName, string>> = { answer_bytes: 'bytes', max_answer_objects: 'objects' };

/** The query asks for more than an answer may have. */
export class AnswerTooLarge extends Error {
  constructor(
    readonly limit: AnswerLimitName,
    readonly max: number,
  ) {
    super(`The answer has more than ${max} ${WHAT[limit]}; the gateway's limits.${limit} refuses it. Ask for less.`);
  }

  get graphqlError(): GraphQLError {
    const { limit, max } = this;
    return new GraphQLError(this.message, { extensions: { code: 'ANSWER_TOO_LARGE', limit, max } });
  }
}

/** Answers under way leave no room for what is made for this one. */
export class NoRoom extends Error {
  get graphqlError(): GraphQLError {
    const message = 'The answers under way leave no room for this one; try again shortly.';
    return new GraphQLError(message, { extensions: { code: 'GATEWAY_OVERLOADED' } });
  }
}

/** Thrown out of a completion at once that becomes too long for one turn. */
export const TOO_MUCH_AT_ONCE = Symbol('too much at once');

/** Holder of what is made for an answer: a flight. */
type AnswerHolder = Holder & { readonly id?: string };

/**
 * Counts objects and bytes of an answer while it is built. Bytes are at least those of the braces, keys and strings; what
 * the rest has is found out when it is written.
 */
export class AnswerSize {
  objects = 0;
  bytes = 0;
  /** True when the loop should have its turn. */
  turnIsOver = false;
  readonly #limits: AnswerLimits;
  readonly #holder: AnswerHolder;
  readonly #measured = new Set<AnswerLimitName>();
  /** Counts at which something has to be decided. */
  #objectsNext = 0;
  #bytesNext = 0;
  #atOnce = true;
  /** Elements of lists that the present walk came to. */
  walked = 0;
  #walkedNext = 0;

  /** @param holder of what is made for the answer */
  constructor(limits: AnswerLimits, holder: AnswerHolder) {
    this.#limits = limits;
    this.#holder = holder;
    this.#next();
  }

  /** Counts begin anew. @param atOnce {@link TOO_MUCH_AT_ONCE} is thrown when a turn is over */
  begin(atOnce: boolean): void {
    this.objects = 0;
    this.bytes = 0;
    this.#atOnce = atOnce;
    this.nextTurn();
  }

  nextTurn(): void {
    this.turnIsOver = false;
    this.#next();
  }

  /** An object, with the bytes of its braces and keys. @throws {AnswerTooLarge} */
  addObject(bytes: number): void {
    this.objects += 1;
    this.bytes += bytes;
    if (this.objects > this.#objectsNext || this.bytes > this.#bytesNext) this.#reached();
  }

  /** A list whose elements follow. @throws {AnswerTooLarge} */
  addList(length: number): void {
    this.bytes += 2 + length;
    if (this.bytes > this.#bytesNext) this.#reached();
  }

  /** Looks at the length of a list of objects before anything is made of it. @throws {AnswerTooLarge} */
  expectObjects(length: number): void {
    if (this.objects + length > this.#limits.max_answer_objects.max)
      this.#hold('max_answer_objects', this.objects + length);
  }

  /** Text of a leaf. Whoever adds the object or list around it looks at the sum. */
  addText(length: number): void {
    this.bytes += length + 2;
  }

  /** A value of a custom scalar, whatever is in it. @throws {AnswerTooLarge} */
  addJson(value: unknown): void {
    if (typeof value === 'string') this.addText(value.length);
    else if (Array.isArray(value)) {
      this.addList(value.length);
      for (const one of value) this.addJson(one);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, one] of Object.entries(value)) {
        this.bytes += key.length + 4;
        this.addJson(one);
      }
      this.addList(0);
    }
  }

  /** A walk through what is answered so far begins, or goes on. @param atOnce {@link TOO_MUCH_AT_ONCE} is thrown when its turn is over */
  beginWalk(atOnce: boolean, walked = 0): void {
    this.walked = walked;
    this.#atOnce = atOnce;
    this.#walkedNext = walked + this.#piece.objects;
    this.turnIsOver = false;
  }

  /** A walk comes to a list: each of its elements is a part of the answer. @throws {AnswerTooLarge} */
  walk(length: number): void {
    this.walked += length;
    if (this.walked <= this.#walkedNext && this.walked <= this.#limits.max_answer_objects.max) return;
    this.#hold('max_answer_objects', this.walked);
    if (this.walked <= this.#walkedNext) return;
    if (this.#atOnce) throw TOO_MUCH_AT_ONCE;
    this.turnIsOver = true;
    this.#walkedNext = this.walked + TURN.objects;
    this.hold(TURN_MEMORY_BYTES);
  }

  /** Looks at what was counted exactly. @throws {AnswerTooLarge} */
  holdBytes(bytes: number): void {
    this.#hold('answer_bytes', bytes);
  }

  /** Whether an answer that had these counts keeps to the limits. @throws {AnswerTooLarge} */
  holdKnown({ objects, bytes }: { readonly objects: number; readonly bytes: number }): void {
    this.#hold('max_answer_objects', objects);
    this.#hold('answer_bytes', bytes);
  }

  #hold(limit: AnswerLimitName, count: number): void {
    const { max, mode } = this.#limits[limit];
    if (count <= max || this.#measured.has(limit)) return;
    announce('limit.exceeded', { id: this.#holder.id ?? '', limit, max, mode });
    if (mode === 'enforce') throw new AnswerTooLarge(limit, max);
    this.#measured.add(limit);
  }

  #reached(): void {
    this.holdKnown(this);
    if (this.#atOnce) throw TOO_MUCH_AT_ONCE;
    this.turnIsOver = true;
    this.#next();
    this.hold(TURN_MEMORY_BYTES);
  }

  /** Takes so many bytes of memory for the answer. @throws {NoRoom} */
  hold(bytes: number): void {
    if (!growFor(this.#holder, bytes)) throw new NoRoom();
  }

  get #piece(): typeof TURN {
    return this.#atOnce ? AT_ONCE : TURN;
  }

  #next(): void {
    this.#objectsNext = this.#threshold('max_answer_objects', this.objects, this.#piece.objects);
    this.#bytesNext = this.#threshold('answer_bytes', this.bytes, this.#piece.bytes);
  }

  #threshold(limit: AnswerLimitName, count: number, turn: number): number {
    const { max } = this.#limits[limit];
    return count > max ? count + turn : Math.min(max, count + turn);
  }
}
