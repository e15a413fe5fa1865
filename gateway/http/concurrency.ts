import { HeadgateError } from '../errors';
import { announce } from '../events';
import type { ClientOptions } from './options';

/** While more is refused, that is announced once in so long. */
const BETWEEN_ANNOUNCEMENTS_MS = 1_000;

/** How many client requests are being answered, and no more than so many: those beyond are refused at once. */
export class Concurrency {
  #max: number;
  #active = 0;
  #refused = 0;
  /** Of those refused. */
  #announced = 0;
  #timer: NodeJS.Timeout | null = null;

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
    return this.#refused;
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
    this.#refused += 1;
    if (this.#timer === null) this.#announce();
    return new HeadgateError('GATEWAY_OVERLOADED', 'the gateway is busy with other requests; try again shortly');
  }

  #announce(): void {
    announce('requests.refused', { count: this.#refused - this.#announced, max: this.#max });
    this.#announced = this.#refused;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#refused > this.#announced) this.#announce();
    }, BETWEEN_ANNOUNCEMENTS_MS);
    this.#timer.unref();
  }
}
