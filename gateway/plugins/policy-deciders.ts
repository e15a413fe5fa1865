import type { PolicyDecider } from '../authorization/policies';
import { unlessCancelled } from '../cancellation';
import { announce } from '../events';
import { settle } from '../layers';
import type { Plugin } from './plugin';

/** Policies that plugins decide, in the order in which the plugins are named. What fails decides nothing: the policy does not hold. */
export function policyDeciders(plugins: readonly Plugin[]): readonly PolicyDecider[] {
  return plugins.flatMap(({ name, policies }): PolicyDecider[] => {
    if (policies === undefined) return [];
    const failed = (error: unknown) => {
      announce('internal.error', { where: `plugin ${name} (policies)`, error });
      return {};
    };
    return [
      (names, call) =>
        settle(
          () => {
            const work: unknown = policies(names, call);
            return work instanceof Promise ? unlessCancelled(work, call.gone) : work;
          },
          (decided) => {
            if (isDecisions(decided)) return decided;
            return failed(new TypeError('it returned no object of policies: { "read:own": true }'));
          },
          (error) => {
            if (error === call.gone.reason && error !== null) throw error;
            return failed(error);
          },
        ),
    ];
  });
}

function isDecisions(value: unknown): value is Awaited<ReturnType<PolicyDecider>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
