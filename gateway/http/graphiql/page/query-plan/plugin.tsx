import type { GraphiQLProps } from 'graphiql';
import { countFetches, type QueryDetails, type QueryPlan } from './details';
import { useLatestDetails } from './latest-details';
import { PlanTree } from './plan-tree';
import { plural } from './quantities';
import { Waterfall } from './waterfall';
import './query-plan.css';

export const QUERY_PLAN_PLUGIN: NonNullable<GraphiQLProps['plugins']>[number] = {
  title: 'Query plan',
  icon: PlanIcon,
  content: QueryPlanPane,
};

function QueryPlanPane() {
  const details = useLatestDetails();
  return (
    <section className="headgate-plan" aria-label="Query plan">
      <h2>Query plan</h2>
      {details ? (
        <>
          <h3>Requests</h3>
          <Waterfall calls={details.calls} phases={details.phases} />
          <Merged details={details} />
          <h3>Plan</h3>
          <Plan plan={details.queryPlan} />
        </>
      ) : (
        <Absent ran={details === null} />
      )}
    </section>
  );
}

/** Why there are fewer requests than fetches in the plan. */
function Merged({ details: { calls, queryPlan } }: { readonly details: QueryDetails }) {
  const fetches = queryPlan === null || queryPlan.node === null ? 0 : countFetches(queryPlan.node);
  if (calls.length === 0 || fetches <= calls.length) return null;
  return (
    <p className="aside">
      The plan has {fetches} fetches. Those of one service that may go at the same time are sent as one request, and
      those that nobody needs not at all: {plural(calls.length, 'request')}.
    </p>
  );
}

function Plan({ plan }: { readonly plan: QueryPlan | null }) {
  if (plan === null) return <p>The answer carries no plan: the operation failed before it was planned.</p>;
  if (plan.node === null) return <p>This operation needs no subgraph.</p>;
  return (
    <>
      <PlanTree node={plan.node} />
      <details className="headgate-plan-text">
        <summary>As text</summary>
        <pre>{plan.text}</pre>
      </details>
    </>
  );
}

function Absent({ ran }: { readonly ran: boolean }) {
  if (!ran) return <p>Run an operation to see which subgraphs and instances answer it.</p>;
  return (
    <>
      <p>The answer carries no query plan. Switch it on in headgate.yaml:</p>
      <pre>{'query_plan: { expose: true }'}</pre>
      <p>
        or start the gateway with <code>headgate serve --dev</code>.
      </p>
    </>
  );
}

function PlanIcon() {
  return (
    <svg viewBox="0 0 20 20" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <rect x="6.5" y="1.75" width="7" height="4.5" rx="1" />
      <rect x="1.75" y="13.75" width="7" height="4.5" rx="1" />
      <rect x="11.25" y="13.75" width="7" height="4.5" rx="1" />
      <path d="M10 6.25V10M5.25 13.75V10h9.5v3.75" />
    </svg>
  );
}
