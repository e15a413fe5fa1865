import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { packageRoot } from '../../gateway/package-root';
import type { Children } from './children';

/** Where and with what a run was made. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly system: string;
  /** Of the Node.js that ran the gateways. */
  readonly nodeVersion: string;
  /** Load averages when the run began: other work disturbs. */
  readonly loadAverage: readonly number[];
  /** The checkout's commit, `-dirty` when there are changes; null outside a repository. */
  readonly commit: string | null;
}

export async function describeMachine(node: string, children: Children): Promise<Machine> {
  const options = { cwd: packageRoot, deadlineMs: 10_000 };
  const nodeVersion = await children.run([node, '--version'], options);
  const commit = await children
    .run(['git', 'describe', '--always', '--dirty', '--abbrev=12'], options)
    .catch(() => null);
  const [first] = cpus();
  return {
    cpu: first?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    nodeVersion: nodeVersion.trim(),
    loadAverage: loadavg(),
    commit: commit?.trim() ?? null,
  };
}
