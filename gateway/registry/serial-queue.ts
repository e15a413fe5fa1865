import { HeadgateError } from '../errors';

/** Runs tasks one after the other, in the order given. */
export class SerialQueue {
  readonly #waitingMax: number;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  /**
   * @throws {HeadgateError} REGISTRY_BUSY when `waitingMax` tasks wait already
   */
  async run<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#waiting >= this.#waitingMax) {
      throw new HeadgateError('REGISTRY_BUSY', `${this.#waiting} changes wait for the registry; try again later`);
    }
    this.#waiting += 1;
    const mine = this.#tail.then(task).finally(() => {
      this.#waiting -= 1;
    });
    this.#tail = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when everything queued so far has ended, well or badly. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
