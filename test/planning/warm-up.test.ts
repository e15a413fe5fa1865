import { buildSchema, getOperationAST, parse } from 'graphql';
import type { Cancellation } from '../../gateway/cancellation';
import { HeadgateError } from '../../gateway/errors';
import type { Plan } from '../../gateway/planning/plan';
import type { Planner, PlanRequest } from '../../gateway/planning/planner';
import { type OperationInUse, warmUp } from '../../gateway/planning/warm-up';
import { holdTimers, letGo } from '../fixtures/held-time';

const apiSchema = buildSchema('type Query { a: Int b: Int }');

function inUse(query: string, name: string | null = null): OperationInUse {
  const document = parse(query);
  const operation = getOperationAST(document, name);
  if (!operation) throw new Error('the test names no operation');
  return { query, operationName: name, document, operation };
}

/** Notes what it is asked, and answers as it is told. */
class NotingPlanner implements Planner {
  readonly asked: PlanRequest[] = [];
  readonly #answer: (request: PlanRequest, cancellation?: Cancellation) => Promise<Plan>;

  constructor(answer: NotingPlanner['plan'] = async () => ({ node: null })) {
    this.#answer = answer;
  }

  plan(request: PlanRequest, cancellation?: Cancellation): Promise<Plan> {
    this.asked.push(request);
    return this.#answer(request, cancellation);
  }

  async close(): Promise<void> {}
}

describe('planning ahead', () => {
  afterEach(() => {
    letGo();
  });

  const queriesOf = (operations: readonly { used: OperationInUse }[]) => operations.map(({ used }) => used.query);

  it('plans each operation once, in order', async () => {
    const planner = new NotingPlanner();
    const operations = [inUse('{ a }'), inUse('query X { a } query Y { b }', 'Y')];
    const warm = await warmUp(operations, { apiSchema, planner, totalMs: 60_000 });
    const asked = operations.map(({ query, operationName }) => ({ query, operationName }));
    expect(planner.asked).toMatchObject(asked);
    expect(queriesOf(warm)).toEqual(queriesOf(operations.map((used) => ({ used }))));
  });

  it('leaves out what the next schema does not have', async () => {
    const planner = new NotingPlanner();
    const warm = await warmUp([inUse('{ gone }'), inUse('{ b }')], { apiSchema, planner, totalMs: 60_000 });
    expect(queriesOf(warm)).toEqual(['{ b }']);
    expect(planner.asked).toHaveLength(1);
  });

  it('leaves out what cannot be planned', async () => {
    const planner = new NotingPlanner(async ({ query }) => {
      if (query === '{ a }') throw new HeadgateError('PLANNING_FAILED', 'no way');
      return { node: null };
    });
    const warm = await warmUp([inUse('{ a }'), inUse('{ b }')], { apiSchema, planner, totalMs: 60_000 });
    expect(queriesOf(warm)).toEqual(['{ b }']);
  });

  it('ends when its time is over, with what it has', async () => {
    holdTimers();
    const stuck = (cancellation: Cancellation | undefined) => {
      const planned = new Promise<Plan>((_, reject) => cancellation?.onCancel(() => reject(cancellation.reason)));
      jest.advanceTimersByTime(50);
      return planned;
    };
    const planner = new NotingPlanner(async ({ query }, cancellation) =>
      query === '{ b }' ? stuck(cancellation) : { node: null },
    );
    const operations = [inUse('{ a }'), inUse('{ b }'), inUse('{ a b }')];
    const warm = await warmUp(operations, { apiSchema, planner, totalMs: 50 });
    expect(queriesOf(warm)).toEqual(['{ a }']);
    expect(planner.asked).toHaveLength(2);
  });
});
