import { type Answer, jsonAnswer } from '../http/route';
import type { Choice, InstanceView, PoolView } from '../pool/pool';
import type { WorkerAnswer } from './messages';

type State = InstanceView['state'];

/** What one worker believes of an instance. */
interface Belief {
  readonly worker: number;
  readonly view: InstanceView;
}

const NO_STORE = { 'cache-control': 'no-store' };
/** Worst last: of two beliefs held by as many workers, the worse is shown. */
const STATES: readonly State[] = ['healthy', 'joining', 'probation', 'degraded', 'draining', 'ejected', 'removed'];

/** One view of each instance, with what each worker believes beside it. */
export function mergePools(answers: readonly WorkerAnswer[]): Answer {
  const views = answers.map(({ worker, answer }) => ({ worker, pools: bodyOf<{ pools: PoolView[] }>(answer).pools }));
  const names = new Set(views.flatMap(({ pools }) => pools.map(({ name }) => name)));
  const pools = [...names].map((name) => {
    const same = views.flatMap(({ worker, pools }) =>
      pools.filter((pool) => pool.name === name).map((pool) => ({ worker, pool })),
    );
    const beliefs = same.flatMap(({ worker, pool }) => pool.instances.map((view) => ({ worker, view })));
    const ids = new Set(beliefs.map(({ view }) => view.id));
    const instances = [...ids].map((id) => mergeInstance(beliefs.filter(({ view }) => view.id === id)));
    return { ...same[0]?.pool, instances };
  });
  return jsonAnswer(200, { pools }, NO_STORE);
}

function mergeInstance(beliefs: readonly Belief[]) {
  const shown = commonest(beliefs).view;
  return {
    ...shown,
    inFlight: beliefs.reduce((sum, { view }) => sum + view.inFlight, 0),
    ...(shown.ewmaMs !== undefined && { ewmaMs: mean(beliefs.flatMap(({ view }) => view.ewmaMs ?? [])) }),
    workers: beliefs.map(({ worker, view: { state, reason, inFlight } }) => ({ worker, state, reason, inFlight })),
  };
}

/** The belief of most workers; of as many, the worse one. */
function commonest(beliefs: readonly Belief[]): Belief {
  const holders = (state: State) => beliefs.filter(({ view }) => view.state === state);
  const byWeight = [...STATES].sort(
    (a, b) => holders(b).length - holders(a).length || STATES.indexOf(b) - STATES.indexOf(a),
  );
  const [belief] = byWeight.flatMap(holders);
  if (belief === undefined) throw new Error('an instance that nobody knows was asked for');
  return belief;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The last choices of all, oldest first; a pool that one worker does not know is known to none. */
export function mergeChoices(answers: readonly WorkerAnswer[]): Answer {
  const refused = answers.find(({ answer }) => answer.status >= 400);
  if (refused !== undefined) return refused.answer;
  const bodies = answers.map(({ worker, answer }) => ({ worker, body: bodyOf<{ choices: Choice[] }>(answer) }));
  const choices = bodies
    .flatMap(({ worker, body }) => body.choices.map((choice) => ({ ...choice, worker })))
    .sort((a, b) => a.at - b.at);
  return jsonAnswer(200, { ...bodies[0]?.body, choices }, NO_STORE);
}

/** Made by a route of ours, in the other process. */
function bodyOf<Body>({ body = '' }: Answer): Body {
  return JSON.parse(body.toString()) as Body;
}
