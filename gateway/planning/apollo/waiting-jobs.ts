import type { Cancellation } from '../../cancellation';
import type { OperationShape } from '../operation-shape';
import type { Plan } from '../plan';
import type { PlanRequest } from '../planner';

/** An operation to be planned. */
export interface Job {
  readonly request: PlanRequest;
  readonly shape: OperationShape;
  /** By performance.now(). */
  readonly askedAt: number;
  readonly cancellation: Cancellation | undefined;
  readonly resolve: (plan: Plan) => void;
  readonly reject: (error: unknown) => void;
  /** It looks as if it took long, or has taken long already. */
  isDoubtful: boolean;
}

/** The operations that wait for a planner thread, in the order in which they came. */
export class WaitingJobs {
  #jobs: Job[] = [];

  get count(): number {
    return this.#jobs.length;
  }

  get doubtful(): number {
    return this.#jobs.reduce((count, { isDoubtful }) => count + (isDoubtful ? 1 : 0), 0);
  }

  add(job: Job): void {
    this.#jobs.push(job);
  }

  /** @returns false when it does not wait */
  remove(job: Job): boolean {
    const at = this.#jobs.indexOf(job);
    if (at >= 0) this.#jobs.splice(at, 1);
    return at >= 0;
  }

  /** The smallest one of those that are doubtful, or of those that are not; of equal ones the oldest. */
  takeSmallest(isDoubtful: boolean): Job | null {
    let smallest: Job | null = null;
    for (const job of this.#jobs) {
      const isSmaller = smallest === null || job.shape.selections < smallest.shape.selections;
      if (job.isDoubtful === isDoubtful && isSmaller) smallest = job;
    }
    if (smallest !== null) this.remove(smallest);
    return smallest;
  }

  takeAll(): readonly Job[] {
    return this.#jobs.splice(0);
  }

  /** Looks again at those that raised no doubt. */
  doubt(isDoubtful: (job: Job) => boolean): void {
    for (const job of this.#jobs) job.isDoubtful ||= isDoubtful(job);
  }
}
