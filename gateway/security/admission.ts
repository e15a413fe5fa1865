import type { GraphQLError } from 'graphql';
import { announce } from '../events';
import { KeptMap, textBytes } from '../kept';
import { judgeBody, judgePlan, judgeText, judgeVariables, type Verdict } from './limits';
import type { LimitOptions } from './options';

/** Of an error and the list of what is exceeded. */
const VERDICT_BYTES = 1_000;

/** Says no to what exceeds the limits, and announces it with the name of the request. */
export class Admission {
  /** A text that comes again is not counted again. */
  readonly #verdicts = new KeptMap<string, Verdict>({
    name: 'verdicts',
    weigh: ({ exceeded }, text) => textBytes(text) + (exceeded.length > 0 ? VERDICT_BYTES : 0),
  });
  #limits: LimitOptions;

  constructor(limits: LimitOptions) {
    this.#limits = limits;
  }

  get limits(): LimitOptions {
    return this.#limits;
  }

  /** An operation's text, before anything expensive; null when it keeps to the limits. */
  refuseText(query: string, id: string): GraphQLError | null {
    return carryOut(this.#verdicts.get(query) ?? this.#judge(query), id);
  }

  /**
   * The same for an operation on its way to be executed, however it came: by its text, which was looked at before, or by
   * a hash or in any other way, which was not. What was announced before is not announced again.
   */
  refuseOperation(query: string, id: string): GraphQLError | null {
    const known = this.#verdicts.get(query);
    return known !== undefined && known.error === null ? null : carryOut(known ?? this.#judge(query), id);
  }

  /** Whether a text keeps to limits that are not in effect yet. */
  allows(query: string, limits: LimitOptions): boolean {
    return judgeText(query, limits).error === null;
  }

  /** The same of a plan. */
  allowsPlan(bytes: number, limits: LimitOptions): boolean {
    return judgePlan(bytes, limits).error === null;
  }

  #judge(query: string): Verdict {
    const verdict = judgeText(query, this.#limits);
    this.#verdicts.set(query, verdict);
    return verdict;
  }

  /** A request's body, before it is parsed. */
  refuseBody(text: string, id: string): GraphQLError | null {
    return carryOut(judgeBody(text, this.#limits), id);
  }

  /** @param bytes of the requests of a plan together */
  refusePlan(bytes: number, id: string): GraphQLError | null {
    return carryOut(judgePlan(bytes, this.#limits), id);
  }

  refuseVariables(variables: unknown, id: string): GraphQLError | null {
    return carryOut(judgeVariables(variables, this.#limits), id);
  }

  update(limits: LimitOptions): void {
    this.#limits = limits;
    this.#verdicts.clear();
  }
}

/** @param id of the request */
function carryOut({ error, exceeded }: Verdict, id: string): GraphQLError | null {
  for (const one of exceeded) announce('limit.exceeded', { id, ...one });
  return error;
}
