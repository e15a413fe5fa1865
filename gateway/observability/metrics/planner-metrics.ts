import { Gauge, Histogram, type Registry } from 'prom-client';
import { subscribe } from '../../events';
import { Tally } from './tally';

/** Figures of the planner that the metrics show; the planning room's view has all of it. */
export interface PlannerNumbers {
  readonly threads: number;
  /** Threads that an operation holds for long. */
  readonly long: number;
  /** Operations that wait for a thread. */
  readonly waiting: number;
  readonly cached?: number;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Plans looked up and made, and who waits for one.
 * @param read null when there is no planner
 */
export function countPlanning(registry: Registry, read: () => PlannerNumbers | null): () => void {
  const gauge = (name: string, help: string, value: (numbers: PlannerNumbers) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const numbers = read();
        this.set(numbers === null ? 0 : value(numbers));
      },
    });
  gauge('headgate_planner_threads', 'Planner threads.', ({ threads }) => threads);
  gauge('headgate_planner_busy_threads', 'Planner threads that an operation holds for long.', ({ long }) => long);
  gauge('headgate_planner_waiting_operations', 'Operations that wait for a planner thread.', ({ waiting }) => waiting);
  gauge('headgate_plan_cache_entries', 'Plans kept for the supergraph in service.', ({ cached = 0 }) => cached);
  const stops = [countLookups(registry), countPlannings(registry), countLostThreads(registry)];
  return () => {
    for (const stop of stops) stop();
  };
}

function countLookups(registry: Registry): () => void {
  const lookups = new Tally(registry, {
    name: 'headgate_plan_lookups_total',
    help: 'Plans asked for: known or new. Operations that are prepared ask for none.',
    labels: ['result'],
  });
  lookups.declare('known');
  lookups.declare('new');
  return subscribe('plan.looked.up', ({ isKnown }) => lookups.add(isKnown ? 'known' : 'new'));
}

function countPlannings(registry: Registry): () => void {
  const plannings = new Tally(registry, {
    name: 'headgate_plannings_total',
    help: 'Operations given to the planner, by outcome: planned, or the code of the refusal.',
    labels: ['outcome'],
  });
  for (const outcome of ['planned', 'PLANNING_TIMEOUT', 'PLANNING_OVERLOADED']) plannings.declare(outcome);
  const histogram = (name: string, help: string) =>
    new Histogram({ name, help, buckets: SECONDS, registers: [registry] });
  const waits = histogram('headgate_planning_wait_seconds', 'How long operations waited for a planner thread.');
  const durations = histogram(
    'headgate_planning_duration_seconds',
    'How long a planner thread worked on an operation.',
  );
  const stops = [
    subscribe('planning.finished', ({ outcome, waitedMs, durationMs }) => {
      plannings.add(outcome);
      waits.observe(waitedMs / 1_000);
      durations.observe(durationMs / 1_000);
    }),
    subscribe('planning.refused', ({ code }) => plannings.add(code)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function countLostThreads(registry: Registry): () => void {
  const lost = new Tally(registry, {
    name: 'headgate_planner_threads_lost_total',
    help: 'Planner threads ended at the deadline, ended to make room for quick operations (room), or died.',
    labels: ['cause'],
  });
  for (const cause of ['deadline', 'room', 'died']) lost.declare(cause);
  return subscribe('planner.thread.lost', ({ cause }) => lost.add(cause));
}
