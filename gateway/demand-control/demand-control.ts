import { GraphQLError } from 'graphql';
import type { Call } from '../call';
import { announce } from '../events';
import { KeptMap } from '../kept';
import { type Soon, settle, then } from '../layers';
import { type Outcome, refused } from '../operations/asked';
import { putCallHeaders } from '../operations/call-headers';
import type { Ready, ReadyLayer } from '../operations/flights';
import type { PreparedOperation } from '../operations/prepared-operation';
import type { Version } from '../operations/version';
import { ownTurn } from '../own-turns';
import { fetchesIn } from '../planning/plan';
import { OPERATION_COST } from '../vocabulary/operation';
import { operationCost } from './operation-cost';
import { DEFAULT_LIST_SIZE, type DemandControlOptions } from './options';
import type { Estimate, PlanCost } from './plan-cost';
import { REFUSED_SUBGRAPHS } from './refused-subgraphs';

/** What came of an estimate: `COST_OK`, or the code of what is wrong with it. */
type CostResult =
  | 'COST_OK'
  | 'COST_ESTIMATED_TOO_EXPENSIVE'
  | 'COST_INVALID_SLICING_ARGUMENTS'
  | 'SUBGRAPH_COST_ESTIMATED_TOO_EXPENSIVE';

const NO_VARIABLES: Readonly<Record<string, unknown>> = Object.freeze({});
/** Text of a plan that takes several milliseconds to compile. */
const LONG_CHARACTERS = 50_000;
/** Names of fields in one message. */
const NAMED_MAX = 10;

/** Of a formula, for each character of the requests of its plan. */
const BYTES_PER_CHARACTER = 20;

/** Formulas of one version. They go with it: what is kept knows the supergraph, and not the version. */
type Formulas = KeptMap<number, { readonly compiled: PlanCost; readonly bytes: number }>;

/** What operations cost: estimated before they are executed, and measured afterwards. */
export class DemandControl {
  #options: DemandControlOptions | null;
  readonly #isAskedFor: () => boolean;
  readonly #ofVersions = new WeakMap<Version, Formulas>();
  /** Where the formula of an operation is, unless it had to make room. A version of operations belongs to one configuration. */
  readonly #places = new WeakMap<PreparedOperation, { readonly formulas: Formulas; readonly at: number }>();
  #count = 0;

  /**
   * @param options null: nothing is limited
   * @param isAskedFor whether somebody else wants to know what an operation costs
   */
  constructor(options: DemandControlOptions | null, isAskedFor: () => boolean) {
    this.#options = options;
    this.#isAskedFor = isAskedFor;
  }

  update(options: DemandControlOptions | null): void {
    this.#options = options;
  }

  readonly layer: ReadyLayer = {
    name: 'demand control',
    wrap: (next) => (ready, call) => {
      const options = this.#options;
      if (options === null && !this.#isAskedFor()) return next(ready, call);
      return then(this.#planCost(ready), (formula) => {
        const estimate = formula.estimate(ready.asked.variables ?? NO_VARIABLES);
        call.facts.put(OPERATION_COST, estimate.total);
        return options === null ? next(ready, call) : controlled(estimate, options, call, () => next(ready, call));
      });
    },
  };

  #planCost({ prepared, hold }: Ready): Soon<PlanCost> {
    const place = this.#places.get(prepared);
    const known = place?.formulas.get(place.at);
    if (known !== undefined) return known.compiled;
    const { plan, variables } = prepared;
    const characters = fetchesIn(plan.node).reduce((sum, { operation }) => sum + operation.length, 0);
    return then(characters < LONG_CHARACTERS ? undefined : ownTurn(), () => {
      const lease = hold();
      const version = lease.value;
      const { supergraph } = version;
      lease.release();
      const compiled = operationCost({ plan, variables, supergraph }, this.#options?.listSize ?? DEFAULT_LIST_SIZE);
      const { formulas, at } = place ?? this.#placeOf(prepared, version);
      formulas.set(at, { compiled, bytes: BYTES_PER_CHARACTER * characters });
      return compiled;
    });
  }

  #placeOf(prepared: PreparedOperation, version: Version) {
    const formulas: Formulas =
      this.#ofVersions.get(version) ?? new KeptMap({ name: 'costs', weigh: ({ bytes }) => bytes });
    this.#ofVersions.set(version, formulas);
    const place = { formulas, at: ++this.#count };
    this.#places.set(prepared, place);
    return place;
  }
}

function controlled(
  estimate: Estimate,
  options: DemandControlOptions,
  call: Call,
  next: () => Soon<Outcome>,
): Soon<Outcome> {
  const expensive = new Map(
    [...estimate.bySubgraph].flatMap(([subgraph, estimated]) => {
      const max = options.subgraphMax.get(subgraph);
      return max !== undefined && estimated > max ? [[subgraph, { estimated, max }] as const] : [];
    }),
  );
  const result = resultOf(estimate, options, expensive.size > 0);
  const refusal = options.mode === 'enforce' ? refusalOf(result, estimate, options) : null;
  if (refusal !== null) {
    conclude(call, estimate, options, result, null);
    return refused([refusal]);
  }
  if (options.mode === 'enforce' && expensive.size > 0) call.facts.put(REFUSED_SUBGRAPHS, expensive);
  const ended = () => conclude(call, estimate, options, result, call.flight?.cost.actual ?? 0);
  return settle(
    next,
    (outcome) => {
      ended();
      return outcome;
    },
    (error) => {
      ended();
      throw error;
    },
  );
}

function resultOf({ total, invalid }: Estimate, { max }: DemandControlOptions, hasExpensive: boolean): CostResult {
  if (invalid.size > 0) return 'COST_INVALID_SLICING_ARGUMENTS';
  if (max !== null && total > max) return 'COST_ESTIMATED_TOO_EXPENSIVE';
  return hasExpensive ? 'SUBGRAPH_COST_ESTIMATED_TOO_EXPENSIVE' : 'COST_OK';
}

/** Null: it may pass. */
function refusalOf(
  result: CostResult,
  { total, invalid }: Estimate,
  { max }: DemandControlOptions,
): GraphQLError | null {
  const http = { status: 400 };
  if (result === 'COST_INVALID_SLICING_ARGUMENTS') {
    const fields = [...invalid].slice(0, NAMED_MAX).join(', ');
    const message = `exactly one of the arguments that say how much is wanted has to be given: ${fields}`;
    return new GraphQLError(message, { extensions: { code: result, http } });
  }
  if (result !== 'COST_ESTIMATED_TOO_EXPENSIVE') return null;
  const message = `this operation costs ${total}, and ${max} is the most that one may cost; ask for less at once`;
  return new GraphQLError(message, {
    extensions: { code: result, 'cost.estimated': total, 'cost.max': max, http },
  });
}

/** @param actual null: it was not executed */
function conclude(
  call: Call,
  { total: estimated }: Estimate,
  { headers, max, mode }: DemandControlOptions,
  result: CostResult,
  actual: number | null,
): void {
  announce('cost.known', { id: call.id, estimated, actual, result, mode });
  if (!headers) return;
  const own: [string, string][] = [['x-cost-estimated', String(estimated)]];
  if (actual !== null) own.push(['x-cost-actual', String(actual)]);
  if (max !== null) own.push(['x-cost-max', String(max)]);
  putCallHeaders(call, own);
}
