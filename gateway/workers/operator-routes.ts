import { CHANGE } from '../audit/change';
import { HeadgateError } from '../errors';
import { actorOf } from '../http/admin-keys';
import type { Answer, Route, RouteRequest } from '../http/route';
import { mergeMetrics } from './merge-metrics';
import { mergeChoices, mergePools } from './merge-pools';
import type { OperatorCall, OperatorRoute, WorkerAnswer } from './messages';
import type { Workers } from './workers';

const ANSWER_MS = 10_000;

/** How the answers of all workers become one; of others the first stands for all, since all know the same. */
const MERGERS: Readonly<Record<string, (answers: readonly WorkerAnswer[]) => Answer>> = {
  '/pools': mergePools,
  '/pools/:pool/explain': mergeChoices,
  '/metrics': mergeMetrics,
};

/**
 * The calls that workers answer for: what one reads is the view of all of them, what one changes is changed in all.
 * @param own the primary's answers for some paths, beside those of the workers; worker 0
 */
export function operatorRoutes(
  workers: Workers,
  table: readonly OperatorRoute[],
  own: Readonly<Record<string, () => Promise<Answer>>> = {},
): readonly Route[] {
  return table.map(({ path, ...others }) => ({
    ...others,
    path,
    handle: async (request) => {
      const answers = await askAll(workers, request);
      const mine = await own[path]?.();
      const all = mine === undefined ? answers : [{ worker: 0, answer: mine }, ...answers];
      return (MERGERS[path] ?? agreed)(all);
    },
  }));
}

async function askAll(workers: Workers, request: RouteRequest): Promise<readonly WorkerAnswer[]> {
  const { method, path, search, headers, remoteAddress } = request;
  const body = method === 'GET' || method === 'HEAD' ? new Uint8Array() : await request.bytes();
  const call: OperatorCall = { method, path, search, headers, remoteAddress, actor: actorOf(request), body };
  const asked = workers.online.map(async (worker) => ({
    worker: worker.number,
    ...(await worker.ask('operate', call, ANSWER_MS)),
  }));
  const settled = await Promise.allSettled(asked);
  const answers = settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  // They do the same: what one of them changed is what was changed.
  const change = answers.find((one) => one.change !== null)?.change ?? null;
  if (change !== null) request.facts.put(CHANGE, change);
  if (answers.length > 0) return answers;
  throw new HeadgateError('GATEWAY_NOT_READY', 'no worker answers at the moment; try again shortly');
}

/** A change that one worker refuses is refused; it stands where it was made, and can be made again. */
function agreed(answers: readonly WorkerAnswer[]): Answer {
  const refused = answers.find(({ answer }) => answer.status >= 400);
  const answer = (refused ?? answers[0])?.answer;
  if (answer === undefined) throw new HeadgateError('GATEWAY_NOT_READY', 'no worker answers at the moment');
  return answer;
}
