import type { Call } from '../call';
import { then } from '../layers';
import { printPlan } from '../planning/print-plan';
import type { Outcome } from './asked';
import type { Ready, ReadyLayer } from './flights';

/** Always, never, or for requests that say so in {@link PLAN_HEADER}. */
export type QueryPlanExposure = boolean | 'on_request';

/** The header by which a client asks for the plan, with `true`. */
const PLAN_HEADER = 'apollo-expose-query-plan';

/**
 * Adds the plan and the calls made to answers.
 * @param exposure as it is when a request comes
 */
export function explainPlans(exposure: () => QueryPlanExposure): ReadyLayer {
  return {
    name: 'explain plans',
    wrap: (next) => (ready, call) => {
      const exposed = exposure();
      if (exposed === false || (exposed === 'on_request' && call.headers[PLAN_HEADER] !== 'true'))
        return next(ready, call);
      return then(next(ready, call), (outcome) => explained(outcome, ready, call));
    },
  };
}

/** Times are milliseconds from the start of the client request, as those of the calls. */
function explained(outcome: Outcome, { prepared: { plan }, preparing }: Ready, call: Call): Outcome {
  const { fromMs, toMs } = preparing ?? { fromMs: call.startedAt, toMs: call.startedAt };
  const planning = { startMs: fromMs - call.startedAt, durationMs: toMs - fromMs };
  const extensions = {
    ...outcome.extensions,
    queryPlan: { text: printPlan(plan), node: plan.node },
    subgraphCalls: call.flight?.calls ?? [],
    phases: { planning, doneMs: performance.now() - call.startedAt },
  };
  return { ...outcome, extensions };
}
