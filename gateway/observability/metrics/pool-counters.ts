import type { Registry } from 'prom-client';
import { subscribe } from '../../events';
import { INSTANCE_LABEL, type KnownInstances, type PoolNumbers } from './pool-numbers';
import { Tally } from './tally';

/** Counters of what happens in the pools, fed by events. */
export interface PoolCounters {
  /** Forgets the series of instances that are gone. */
  prune(pools: readonly PoolNumbers[]): void;
  close(): void;
}

/** Reasons that `instance.changed` may give; any other is shown as `other`, for labels must be few. */
const CAUSES: ReadonlySet<string> = new Set([
  'connect',
  'failures',
  'rate',
  'check',
  'outlier',
  'probation',
  'operator',
]);

/** Codes of `gateway.fault` with a label of their own. */
const FAULTS: ReadonlySet<string> = new Set([
  'EMFILE',
  'ENFILE',
  'ENOMEM',
  'ENOBUFS',
  'EADDRNOTAVAIL',
  'EADDRINUSE',
  'EAGAIN',
]);

export function countPools(registry: Registry, known: KnownInstances): PoolCounters {
  const ofInstance = tallies(registry, ['pool', INSTANCE_LABEL], {
    attempts: ['headgate_attempts_total', 'Attempts at an instance by kind and outcome.', ['kind', 'outcome']],
    ejections: ['headgate_ejections_total', 'Ejections of an instance by cause.', ['cause']],
    failures: ['headgate_attempt_failures_total', 'Failed attempts at an instance by reason.', ['reason']],
    badChecks: ['headgate_health_check_failures_total', 'Failed health checks of an instance by reason.', ['reason']],
    checks: ['headgate_health_checks_total', 'Health checks of an instance by result.', ['result']],
    drains: ['headgate_drains_total', 'Times an instance began to drain.', []],
    actions: ['headgate_operator_actions_total', 'What operators asked of an instance.', ['action']],
    moves: ['headgate_weight_changes_total', 'Moves of the adaptive factor by direction.', ['direction']],
  });
  const ofPool = tallies(registry, ['pool'], {
    denied: ['headgate_attempts_denied_total', 'Retries and hedges that the budget did not pay for.', ['kind']],
    shed: ['headgate_requests_shed_total', 'Requests refused by the concurrency limit.', ['reason']],
    faults: [
      'headgate_own_faults_total',
      'Calls and checks that the gateway itself could not make; no instance is to blame.',
      ['during', 'code'],
    ],
    mirrors: [
      'headgate_mirrored_total',
      'Copies of requests for other instances, by what became of them.',
      ['outcome'],
    ],
    fallbacks: [
      'headgate_fallback_picks_total',
      'Choices among all instances, because none is well of those that a rule wants.',
      [],
    ],
    panics: ['headgate_panic_picks_total', 'Choices among unwell instances, because too few are well.', []],
  });
  const stops = [
    subscribe(
      'attempt.finished',
      ({ pool, instance, outcome, attempt, reason, kind = attempt > 1 ? 'retry' : 'first' }) => {
        const label = known.label(pool, instance);
        ofInstance.attempts.add(pool, label, kind, outcome);
        if (reason) ofInstance.failures.add(pool, label, reason);
      },
    ),
    subscribe('instance.changed', ({ pool, instance, to, cause = 'other' }) => {
      const label = known.label(pool, instance);
      if (to === 'ejected') ofInstance.ejections.add(pool, label, CAUSES.has(cause) ? cause : 'other');
      if (to === 'draining') ofInstance.drains.add(pool, label);
    }),
    subscribe('check.finished', ({ pool, instance, passed, reason }) => {
      const label = known.label(pool, instance);
      ofInstance.checks.add(pool, label, passed ? 'passed' : 'failed');
      if (reason) ofInstance.badChecks.add(pool, label, reason);
    }),
    subscribe('gateway.fault', ({ pool, during, code }) =>
      ofPool.faults.add(pool, during, FAULTS.has(code) ? code : 'other'),
    ),
    subscribe('instance.overridden', ({ pool, instance, action }) =>
      ofInstance.actions.add(pool, known.label(pool, instance), action),
    ),
    subscribe('weight.changed', ({ pool, instance, from, to }) =>
      ofInstance.moves.add(pool, known.label(pool, instance), to > from ? 'up' : 'down'),
    ),
    subscribe('attempt.denied', ({ pool, kind }) => ofPool.denied.add(pool, kind)),
    subscribe('request.shed', ({ pool, reason }) => ofPool.shed.add(pool, reason)),
    subscribe('mirror.finished', ({ pool, outcome }) => ofPool.mirrors.add(pool, outcome)),
    subscribe('pick.fell.back', ({ pool }) => ofPool.fallbacks.add(pool)),
    subscribe('pick.panicked', ({ pool }) => ofPool.panics.add(pool)),
  ];
  return {
    prune(pools) {
      const names = new Set(pools.map(({ name }) => name));
      for (const name of names) {
        ofPool.denied.declare(name, 'retry');
        ofPool.shed.declare(name, 'queue-full');
        ofPool.panics.declare(name);
        ofPool.fallbacks.declare(name);
      }
      for (const tally of Object.values(ofInstance))
        tally.prune(([pool = '', instance = '']) => names.has(pool) && known.has(pool, instance));
      for (const tally of Object.values(ofPool)) tally.prune(([pool = '']) => names.has(pool));
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

type Rows<Key extends string> = Readonly<Record<Key, readonly [name: string, help: string, labels: readonly string[]]>>;

function tallies<Key extends string>(
  registry: Registry,
  common: readonly string[],
  rows: Rows<Key>,
): Record<Key, Tally> {
  const made = Object.entries<Rows<Key>[Key]>(rows).map(([key, [name, help, labels]]) => [
    key,
    new Tally(registry, { name, help, labels: [...common, ...labels] }),
  ]);
  // Object.fromEntries forgets which key has a tally.
  return Object.fromEntries(made) as Record<Key, Tally>;
}
