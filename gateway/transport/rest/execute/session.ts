import { isHeadgateError } from '../../../errors';
import type { Flight } from '../../../flight';
import { pieceTurn } from '../../../own-turns';
import { type HeldBytes, type Holder, keepFor, releaseFor } from '../../../under-way';
import type { CallReport } from '../../fetch-answer';
import { FetchFailure } from '../../fetch-failure';
import type { FetchRequest } from '../../fetch-request';
import type { Connector } from '../connector';
import type { Json, JsonObject } from '../json';
import type { Variables } from '../mapping/scope';
import { buildRequest, type RestRequest } from '../request/build-request';
import { RequestRefused } from '../request/refused';
import { compute, headerLists, judge, type RestAnswer } from '../response/judge';
import { type ErrorSite, restError } from '../response/rest-error';
import { BatchWindow } from './batch-window';
import type { Engine } from './engine';
import { Pieces } from './pieces';
import { Semaphore } from './semaphore';

/** Requests of one operation under way at once; the pool's own limits stand behind it. */
const CONCURRENT_CALLS_MAX = 32;
/** Requests that one operation may make. */
const CALLS_MAX = 5_000;

/** A request that is made, and not sent. */
export interface Prepared {
  readonly variables: Variables;
  /** Null: there is nothing to ask for. */
  readonly request: RestRequest | null;
}

/** What a session needs of a fetch. */
interface Asked extends Pick<FetchRequest, 'headers'> {
  readonly operation: Pick<FetchRequest['operation'], 'kind'>;
}

/** State of one operation: answers already asked for, requests in flight, limits, and what came of the requests. */
export class Session implements Holder {
  readonly engine: Engine;
  readonly flight: Flight;
  readonly window: BatchWindow;
  readonly pieces = new Pieces();
  /** Requests that have ended. */
  readonly calls: CallReport[] = [];
  /** Bytes of the answers, held until {@link close}. */
  readonly answerBytes: HeldBytes[] = [];
  held: Holder['held'] = undefined;
  /** By header rules; they win over those of the adapter. */
  readonly #headers: FetchRequest['headers'];
  readonly #kind: FetchRequest['operation']['kind'];
  readonly #semaphore = new Semaphore(CONCURRENT_CALLS_MAX);
  readonly #answers = new Map<string, Promise<RestAnswer>>();
  readonly #contexts = new Map<string, JsonObject>();
  #calls = 0;
  #standing: Variables | undefined;
  #client: Flight['headers'] | undefined;

  constructor(engine: Engine, { headers, operation }: Asked, flight: Flight) {
    this.engine = engine;
    this.flight = flight;
    this.window = new BatchWindow(flight.deadlineAt);
    this.#headers = headers;
    this.#kind = operation.kind;
  }

  /** Requests may still be under way, for fields that nobody waits for any more. */
  close(): void {
    this.window.close();
    // Whoever waits for the answer takes hold of its bytes before.
    setImmediate(() => releaseFor(this));
  }

  /** A mutation may have changed what was read before it. */
  forgetAnswers(): void {
    this.#answers.clear();
  }

  siteOf({ coordinate }: Pick<Connector, 'coordinate'>): ErrorSite {
    return { service: this.engine.options.name, coordinate };
  }

  /**
   * Runs a connector and maps its answer. Null without a request when a null of `$this` leaves nothing to ask for.
   * @throws {RestError}
   */
  async run(connector: Connector, own: Variables): Promise<Json> {
    return this.send(connector, this.prepare(connector, own));
  }

  /** Makes the request of a connector, and sends nothing. @throws {RestError} */
  prepare(connector: Connector, own: Variables): Prepared {
    const variables = { ...this.#standingVariables(), $context: this.#contextOf(connector.source), ...own };
    return { variables, request: connector.virtual ? null : this.#build(connector, variables) };
  }

  /** Sends what was prepared, and maps the answer. @throws {RestError} */
  async send(connector: Connector, { variables, request }: Prepared): Promise<Json> {
    const site = this.siteOf(connector);
    const { shown } = this.engine.givenTo(connector.source);
    if (connector.virtual) return compute(connector, { ...variables, ...shown }, site);
    if (request === null) return null;
    const answer = await this.#send(connector, request);
    return judge(connector, answer, { ...variables, ...shown }, site, () => this.#turn(site));
  }

  /** Nobody waits for what is not there yet when the client has gone. */
  async #turn(site: ErrorSite): Promise<void> {
    await pieceTurn();
    const { reason } = this.flight.cancellation;
    if (reason !== null) throw restError(site, reason.code, reason.message, {}, reason);
  }

  #build(connector: Connector, variables: Variables): RestRequest | null {
    const { engine } = this;
    try {
      const { sent } = engine.givenTo(connector.source);
      return buildRequest(connector, { ...variables, ...sent }, this.#clientHeaders(), this.#headers);
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      if (error.quiet) return null;
      throw restError(this.siteOf(connector), 'BAD_USER_INPUT', error.message, {}, error);
    }
  }

  /** Equal reads of one operation are one request. */
  #send(connector: Connector, request: RestRequest): Promise<RestAnswer> {
    if (this.engine.repeatingOf(connector) !== 'read') return this.#sendNow(connector, request, null);
    const key = JSON.stringify([connector.source, connector.method, request.path, request.headers, request.body]);
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    // What was read before a mutation is nothing for what is read after it.
    const answer = this.#sendNow(connector, request, this.#kind === 'query' ? key : null);
    this.#answers.set(key, answer);
    return answer;
  }

  async #sendNow(connector: Connector, request: RestRequest, key: string | null): Promise<RestAnswer> {
    const site = this.siteOf(connector);
    this.#calls += 1;
    if (this.#calls > CALLS_MAX) {
      const message = `the operation needs more than ${CALLS_MAX} requests to the REST service`;
      throw restError(site, 'OPERATION_LIMIT_EXCEEDED', message);
    }
    this.window.started(connector);
    try {
      const answer = await this.#semaphore.run(async () => this.engine.call({ connector, request, key }, this.flight));
      this.#keep(answer);
      return answer;
    } catch (error) {
      this.calls.push(FetchFailure.reportOf(error));
      throw isHeadgateError(error) ? restError(site, error.code, error.message, {}, error) : error;
    } finally {
      this.window.finished(connector);
    }
  }

  #keep(answer: RestAnswer): void {
    this.calls.push(answer);
    const { held } = answer;
    if (held === null) return;
    this.answerBytes.push(held);
    keepFor(this, held);
    held.release();
  }

  /** As far as the adapter may see them. */
  #clientHeaders(): Flight['headers'] {
    this.#client ??= this.engine.headersOf(this.flight);
    return this.#client;
  }

  #contextOf(source: string): JsonObject {
    let context = this.#contexts.get(source);
    if (context === undefined) {
      context = this.engine.contextOf(source, this.flight);
      this.#contexts.set(source, context);
    }
    return context;
  }

  #standingVariables(): Variables {
    this.#standing ??= {
      $request: { headers: headerLists(this.#clientHeaders()) },
    };
    return this.#standing;
  }
}
