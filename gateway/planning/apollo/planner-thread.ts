import { parentPort } from 'node:worker_threads';
import { loadPlanner } from './load-planner';
import type { PlanMessage, PlannerReply, PlannerThreadData } from './messages';
import { stepBack } from './step-back';

/** The planner's thread: loads one supergraph, then answers one message at a time. The main thread owns the deadline. */
function reply(message: PlannerReply): void {
  parentPort?.postMessage(message);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function start(data: PlannerThreadData): void {
  const plan = loadPlanner(data);
  parentPort?.on('message', (request: PlanMessage) => {
    const { id } = request;
    try {
      reply({ kind: 'planned', id, plan: plan(request) });
    } catch (error) {
      reply({ kind: 'failed', id, message: textOf(error) });
    }
  });
  reply({ kind: 'ready' });
}

stepBack();
parentPort?.once('message', (data: PlannerThreadData) => {
  try {
    start(data);
  } catch (error) {
    reply({ kind: 'failed', id: null, message: textOf(error) });
  }
});
