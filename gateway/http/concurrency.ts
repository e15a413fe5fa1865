import { HeadgateError } from '../errors';
import { announce } from '../events';
import { Refusals } from '../refusals';
import type { ClientOptions } from './options';

/** Counts the client requests that are being answered, and refuses those beyond a limit at once. */
export class Concurrency {
  #max: number;
  #active = 0;
  readonly #refusals = new Refusals((count) => announce('requests.refused', { count, max: this.#max }));

  constructor({ concurrencyMax }: ClientOptions) {
    this.#max = concurrencyMax;
  }

  get max(): number {
    return this.#max;
  }

  /** Requests that have arrived and are not answered. */
  get active(): number {
    return this.#active;
  }

  /** Requests refused so far. */
  get refused(): number {
    return this.#refusals.count;
  }

  /** @throws {HeadgateError} GATEWAY_OVERLOADED when there is no room for one more */
  check(): void {
    if (this.#active >= this.#max) throw this.#refusal();
  }

  /**
   * To be paired with {@link leave}.
   * @throws {HeadgateError} GATEWAY_OVERLOADED when there is no room
   */
  enter(): void {
    this.check();
    this.#active += 1;
  }

  leave(): void {
    this.#active -= 1;
  }

  /** Hot reload; whoever has entered stays. */
  update({ concurrencyMax }: ClientOptions): void {
    this.#max = concurrencyMax;
  }

  #refusal(): HeadgateError {
    this.#refusals.add();
    return new HeadgateError('GATEWAY_OVERLOADED', 'the gateway is busy with other requests; try again shortly');
  }
}
