import type { Events, SubgraphCall } from '../events';

type Finished = Events['request.finished'];

interface Head {
  readonly fields: string;
  readonly message: string;
}

/** A client chooses the names of its operations: texts begin anew at this many. */
const TEXTS_MAX = 1000;

/** A text of its own: a part of another text keeps all of that in memory, a document of 240 kB for a name of 10 bytes. */
function ownText<T>(value: T): T {
  return typeof value === 'string' ? (Buffer.from(value).toString() as T & string) : value; // as: the same text
}

/** What is made of a pair of values, made once for each. */
class Pairs<A, B, T> {
  readonly #made = new Map<A, Map<B, T>>();
  readonly #make: (a: A, b: B) => T;
  #size = 0;

  constructor(make: (a: A, b: B) => T) {
    this.#make = make;
  }

  of(a: A, b: B): T {
    const found = this.#made.get(a)?.get(b);
    return found === undefined ? this.#add(a, b) : found;
  }

  #add(a: A, b: B): T {
    if (this.#size >= TEXTS_MAX) {
      this.#made.clear();
      this.#size = 0;
    }
    this.#size += 1;
    const made = this.#make(a, b);
    const ofA = this.#made.get(a) ?? new Map<B, T>();
    this.#made.set(ownText(a), ofA.set(ownText(b), made));
    return made;
  }
}

export const tenths = (ms: number): number => Math.round(ms * 10) / 10;

export function operationText({ operationKind, operationName }: Pick<Finished, 'operationKind' | 'operationName'>) {
  return `${operationKind ?? 'request'} ${operationName ?? '(anonymous)'}`;
}

/**
 * JSON lines of finished requests in the form of pino's, put together from texts made before: 1.3 us of CPU a line of two
 * calls in a loop, with pino 3.4, and several times that where other work comes between two lines.
 */
export class RequestLines {
  readonly #beginning: string;
  readonly #time: () => string;
  readonly #heads = new Pairs((operationKind: Finished['operationKind'], operationName: string | null): Head => {
    const fields = JSON.stringify({ event: 'request', operation: operationName, kind: operationKind });
    const message = JSON.stringify(`${operationText({ operationKind, operationName })} `);
    return { fields: `,${fields.slice(1, -1)},"status":`, message: `],"msg":${message.slice(0, -1)}` };
  });
  readonly #places = new Pairs((subgraph: string, instance: string | null): string => {
    const fields = JSON.stringify({ subgraph, instance });
    return `${fields.slice(0, -1)},"attempts":`;
  });
  readonly #outcomes = new Pairs((status: number | null, code: string | null): string => {
    const fields = JSON.stringify({ status, code });
    return `,${fields.slice(1)}`;
  });

  /**
   * @param base fields of every line
   * @param time `,"time":` and the time, as pino takes it
   */
  constructor(base: Readonly<Record<string, unknown>>, time: () => string) {
    this.#beginning = `,${JSON.stringify(base).slice(1, -1)}`;
    this.#time = time;
  }

  /** @param level pino's number */
  line(
    level: number,
    { id, operationName, operationKind, status, durationMs, errorCount, code, calls }: Finished,
  ): string {
    const { fields, message } = this.#heads.of(operationKind, operationName);
    const ms = tenths(durationMs);
    let made = '';
    for (const call of calls) made += made === '' ? this.#call(call) : `,${this.#call(call)}`;
    const beginning = `{"level":${level}${this.#time()}${this.#beginning}`;
    const coded = code === undefined || code === null ? '' : `,"code":${JSON.stringify(code)}`;
    const said = code === undefined || code === null ? '' : ` ${JSON.stringify(code).slice(1, -1)}`;
    const named = id === '' ? '' : `,"id":"${id}"`;
    return `${beginning}${named}${fields}${status},"ms":${ms},"errors":${errorCount}${coded},"calls":[${made}${message}${status} ${ms}ms${said}"}\n`;
  }

  #call({ subgraph, instance, attempts, durationMs, status, errorCode, error }: SubgraphCall): string {
    const place = this.#places.of(subgraph, instance);
    const outcome = this.#outcomes.of(status, errorCode);
    const why =
      error === undefined || error === null ? outcome : `${outcome.slice(0, -1)},"error":${JSON.stringify(error)}}`;
    return `${place}${attempts},"ms":${tenths(durationMs)}${why}`;
  }
}
