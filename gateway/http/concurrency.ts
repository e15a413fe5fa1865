import { HeadgateError } from '../errors';
import { announce } from '../events';
import { Refusals } from '../refusals';
import type { AskingLayer } from './graphql/asking';
import type { ClientOptions } from './options';

/** Counts the client requests that are being answered, and refuses those beyond a limit at once. */
export class Concurrency {
  #max: number;
  #active = 0;
  readonly #refusals = new Refusals((count) => announce('requests.refused', { count, max: this.#max }));

  constructor({ concurrencyMax }: Pick<ClientOptions, 'concurrencyMax'>) {
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

  /** Refuses where there is no room for one more. To stand before the body is read. */
  readonly check: AskingLayer = {
    name: 'concurrency: room',
    wrap: (next) => (asking) => {
      this.#check();
      return next(asking, undefined);
    },
  };

  /** Takes a place until it is answered. To stand behind the body: clients that send slowly take nobody's place. */
  readonly place: AskingLayer = {
    name: 'concurrency: place',
    wrap: (next) => (asking) => {
      this.#check();
      this.#active += 1;
      asking.atEnd.push(this.#leave);
      return next(asking, undefined);
    },
  };

  readonly #leave = (): void => {
    this.#active -= 1;
  };

  #check(): void {
    if (this.#active >= this.#max) throw this.#refusal();
  }

  /** Hot reload; whoever has entered stays. */
  update({ concurrencyMax }: Pick<ClientOptions, 'concurrencyMax'>): void {
    this.#max = concurrencyMax;
  }

  #refusal(): HeadgateError {
    this.#refusals.add();
    return new HeadgateError('GATEWAY_OVERLOADED', 'the gateway is busy with other requests; try again shortly');
  }
}
