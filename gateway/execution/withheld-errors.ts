import { randomUUID } from 'node:crypto';
import { announce, type Events, listened } from '../events';
import type { Flight } from '../flight';
import type { MaskedErrors, Sent } from '../transport/redaction';

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
/** Codes are words that are known beforehand. */
const CODE_FORM = /^[A-Z][A-Z0-9_]{0,63}$/;

const unchanged = (text: string) => text;

type Told = Events['subgraph.errors.withheld']['errors'][number];

/**
 * The errors of one fetch, where clients do not see them as they are: each is an error at its path that says no more than
 * `errorId`. By that the log has what it was.
 */
export class WithheldErrors {
  readonly #errorId = randomUUID();
  readonly #mask: MaskedErrors;
  readonly #subgraph: string;
  readonly #flight: Pick<Flight, 'id' | 'headers'>;
  readonly #sent: Omit<Sent, 'headers'>;
  readonly #told: Told[] = [];
  #clean: ((text: string) => string) | undefined;
  #count = 0;

  /** @param flight that the fetch is made for */
  constructor(
    mask: MaskedErrors,
    subgraph: string,
    flight: Pick<Flight, 'id' | 'headers'>,
    sent: Omit<Sent, 'headers'>,
  ) {
    this.#mask = mask;
    this.#subgraph = subgraph;
    this.#flight = flight;
    this.#sent = sent;
  }

  /** @returns what stands in the answer for the error */
  withhold({ message, extensions }: ShownError, path: Told['path']): ShownError {
    this.#count++;
    const { code } = extensions;
    if (this.#told.length < TOLD_MAX) this.#told.push({ message, code: String(code), path });
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
      id: this.#flight.id,
      errorId: this.#errorId,
      subgraph: this.#subgraph,
      count: this.#count,
      errors: this.#told.map((error) => this.#shown(error)),
    });
  }

  /** Cut behind the cleaning: a part of a value is one, too. */
  #shown({ message, code, path }: Told): Told {
    this.#clean ??= this.#mask.redaction?.cleaner({ headers: this.#flight.headers, ...this.#sent });
    const clean = this.#clean ?? unchanged;
    return {
      message: clean(message).slice(0, MESSAGE_CHARACTERS_MAX),
      code: CODE_FORM.test(code) ? code : clean(code),
      path,
    };
  }
}
