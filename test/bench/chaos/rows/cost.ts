import { join } from 'node:path';
import { POLICIES } from '../../../../gateway/pool/policies/policies';
import type { Children } from '../../children';
import type { Row } from './row';
import { short } from './row';

const PROGRAM = join(__dirname, '..', '..', 'pool-cost.js');
const MS_MAX = 60_000;
const CHOICE_NS_MAX = 250;
const ATTEMPT_NS_MAX = 2_000;
const POLICY_COUNT = Object.keys(POLICIES).length;

/** What `pool-cost` prints, as numbers. */
export interface Costs {
  /** How many policies were measured. */
  readonly policies: number;
  /** The dearest choice of the policy `adaptive`, at any size, in ns. */
  readonly adaptiveNs: number;
  /** The dearest choice of any policy, and which. */
  readonly dearestNs: number;
  readonly dearest: string;
  /** An attempt over a bare dispatch, in ns. */
  readonly attemptNs: number;
}

/** Reads the table of `pool-cost`. Pure. */
export function readCosts(text: string): Costs {
  const rows = [...text.matchAll(/^\| ([a-z-]+) \| ([\d |]+) \|$/gm)].map(([, policy = '', cells = '']) => ({
    policy,
    ns: Math.max(...cells.split('|').map(Number)),
  }));
  const [dearest] = [...rows].sort((a, b) => b.ns - a.ns);
  return {
    policies: rows.length,
    adaptiveNs: rows.find(({ policy }) => policy === 'adaptive')?.ns ?? Number.NaN,
    dearestNs: dearest?.ns ?? Number.NaN,
    dearest: dearest?.policy ?? '',
    attemptNs: Number(/over it (-?\d+) ns/.exec(text)?.[1] ?? Number.NaN),
  };
}

/** Measured once for both rows. */
export function costRows(children: Children): readonly Row[] {
  const measure = async () =>
    readCosts(await children.run([process.execPath, PROGRAM], { cwd: __dirname, deadlineMs: MS_MAX }));
  let last: Promise<Costs> | null = null;
  return [
    {
      id: 'LB-21',
      fault: 'cost of a choice, 3 to 1,000 instances',
      goal: `every policy ≤ ${CHOICE_NS_MAX} ns`,
      compared: false,
      async run() {
        last = measure();
        const { policies, adaptiveNs, dearest, dearestNs } = await last;
        return {
          holds: dearestNs <= CHOICE_NS_MAX && policies === POLICY_COUNT,
          text: `at most ${short(dearestNs)} ns (${dearest}); adaptive ${short(adaptiveNs)}`,
          figures: { adaptiveNs, dearestNs },
        };
      },
    },
    {
      id: 'LB-22',
      fault: 'cost of an attempt over a bare dispatch, 10 instances',
      goal: `≤ ${ATTEMPT_NS_MAX / 1_000} µs`,
      compared: false,
      async run() {
        const { attemptNs } = await (last ?? measure());
        last = null;
        return {
          holds: attemptNs <= ATTEMPT_NS_MAX,
          text: `${short(attemptNs / 1_000)} µs`,
          figures: { attemptNs },
        };
      },
    },
  ];
}
