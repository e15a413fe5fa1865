import { randomUUID } from 'node:crypto';
import { announce, type Events, listened } from '../events';
import type { ErrorMask } from '../transport/options';

/** An error of a subgraph: what there would be in the answer. */
export interface ShownError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Callers match codes, so there is one where that of the error may not be seen. */
const CODE = 'DOWNSTREAM_SERVICE_ERROR';
const MESSAGE = 'Subgraph error withheld';
/** Of one fetch, in the log: one that failed for each of a thousand entities says the same a thousand times. */
const TOLD_MAX = 5;
const MESSAGE_CHARACTERS_MAX = 1_000;

type Told = Events['subgraph.errors.withheld']['errors'][number];

/**
 * The errors of one fetch, where clients do not see them as they are: each is an error at its path that says no more than
 * `errorId`. By that the log has what it was.
 */
export class WithheldErrors {
  readonly #errorId = randomUUID();
  readonly #mask: ErrorMask;
  readonly #subgraph: string;
  readonly #requestId: string;
  readonly #told: Told[] = [];
  #count = 0;

  /** @param requestId of the request that the fetch is made for, the first of several */
  constructor(mask: ErrorMask, subgraph: string, requestId: string) {
    this.#mask = mask;
    this.#subgraph = subgraph;
    this.#requestId = requestId;
  }

  /** @returns what stands in the answer for the error */
  withhold({ message, extensions }: ShownError, path: Told['path']): ShownError {
    this.#count++;
    const { code } = extensions;
    if (this.#told.length < TOLD_MAX)
      this.#told.push({ message: message.slice(0, MESSAGE_CHARACTERS_MAX), code: String(code), path });
    const allowed = this.#mask.allowExtensions.filter((name) => Object.hasOwn(extensions, name));
    return {
      message: MESSAGE,
      extensions: {
        code: CODE,
        ...Object.fromEntries(allowed.map((name) => [name, extensions[name]])),
        errorId: this.#errorId,
      },
    };
  }

  /** Tells the operator of all of them. */
  tell(): void {
    if (!listened('subgraph.errors.withheld')) return;
    announce('subgraph.errors.withheld', {
      id: this.#requestId,
      errorId: this.#errorId,
      subgraph: this.#subgraph,
      count: this.#count,
      errors: this.#told,
    });
  }
}
