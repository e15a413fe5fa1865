import { KeptMap } from '../kept';
import type { FetchContent } from '../transport/fetch-answer';
import type { PreparedFetch } from './prepared-fetch';

/** Last run of a program: what it received and made of it. Valid for another run as far as that one receives the same objects. */
export interface LastRun {
  /** By request index; {@link NOTHING_ASKED} where there was nothing to ask for. */
  readonly received: readonly FetchContent[];
  readonly prepared: readonly (PreparedFetch | null)[];
  /** By fetch id, as in {@link Run.answers}. */
  readonly answers: readonly unknown[];
  readonly data: Record<string, unknown>;
  /** What `data` was counted to have. */
  readonly size: { readonly objects: number; readonly bytes: number };
}

/** Stands for the answer of a request that was not sent. */
export const NOTHING_ASKED: FetchContent = { data: null, errors: [], extensions: null, bytes: 0 };

/** Bytes of what a run received, prepared and kept, for each byte of the subgraphs' answers; measured. */
const RECEIVED_BYTES_PER_BYTE = 3;
/** The same for the client's answer: as objects, and written. */
const DATA_BYTES_PER_BYTE = 4;

/**
 * The last error-free run of each program. Not a cache of answers: every subgraph is asked. When it answers the very bytes
 * that it answered last time, transport hands out the same object, and what was made of it then need not be made again.
 */
export class LastRuns {
  readonly #lastRuns = new KeptMap<object, LastRun>({
    name: 'last runs',
    weigh: ({ received, size }) =>
      received.reduce((sum, { bytes }) => sum + RECEIVED_BYTES_PER_BYTE * bytes, DATA_BYTES_PER_BYTE * size.bytes),
  });

  /** @param program by its identity; of what kind it is, is nothing to a lastRun */
  of(program: object): LastRun | null {
    return this.#lastRuns.get(program) ?? null;
  }

  keep(program: object, lastRun: LastRun): void {
    this.#lastRuns.set(program, lastRun);
  }
}
