import fc from 'fast-check';
import { parse, validate } from 'graphql';
import { decline, difference, stockDifference } from './answers';
import { Data } from './data';
import {
  type Fault,
  NOT_YET,
  type OperationChoice,
  operationChoices,
  type SchemaChoice,
  schemaChoices,
  schemaWithout,
  type Without,
} from './model';
import { holdsLong } from './numbers';
import { combinationsOf, type GeneratedOperation, makeOperation, makePlainOperation } from './operations';
import { labelsOf, makeSchema, type Schema, subgraphsOf } from './schema';
import { subgraphSdl } from './sdl';
import { EXERCISED, type Exercised, seeTypenames } from './seen';
import { isRightInStock } from './stock';
import { createWorld, type World } from './world';

/** What a check found. */
export interface Outcome {
  readonly seed: number;
  readonly schemas: number;
  readonly cases: number;
  /** Of the cases: those that stock answered as well. */
  readonly withStock: number;
  /** Schemas that do not compose; they count for nothing. */
  readonly uncomposed: number;
  /** Of the cases: those that our planner refuses, see {@link REFUSALS}. */
  readonly refused: number;
  /** Cases that had something of interest, by what it is. */
  readonly exercised: Readonly<Record<Exercised, number>>;
  /** One for each federation with a wrong answer: the smallest one found, ready to be read. */
  readonly failures: readonly string[];
}

export interface CheckOptions {
  readonly cases: number;
  readonly seed: number;
  /** At most this many operations share a federation. */
  readonly perSchema?: number;
  /** One in so many operations is also given to stock, in a plain form; 0: none. */
  readonly stockEvery?: number;
  /** One in so many operations is checked under every combination of its conditions; 0: none. */
  readonly combinationsEvery?: number;
  /** Only rounds before this one, all their cases; the first has the number of the seed. `cases` counts for nothing then. */
  readonly to?: number;
  readonly without?: Without;
  /** Called after each round, with all cases so far. */
  readonly progress?: (round: number, cases: number) => void;
  /** fast-check's path to one example, to run that alone. */
  readonly path?: string;
  /** Called with each failure as it is found. */
  readonly report?: (failure: string) => void;
}

const NO_FAULT: Fault = { kind: 'none', seed: 0 };
/**
 * Operations on several interface objects of one interface, with requirements, that the planner refuses although they have an
 * answer; stock refuses them, too, or never ends. The client is told PLANNING_FAILED.
 */
const REFUSALS = [
  /^Cannot add selection of field "Item\.__typename" to selection set of parent type "Item"/,
  /^fetches of this operation would wait for each other$/,
  /: adding it as parent would create a cycle$/,
];
const FAILURES_MAX = 5;
/** Federations in one run of fast-check. */
const ROUND = 4;
/** Shrinking ends then. */
const ROUND_MAX_MS = 60_000;

function sdls(schema: Schema): string {
  return subgraphsOf(schema)
    .map((index) => subgraphSdl(index, schema).replace(/^extend schema.*$/m, `# s${index}`))
    .join('\n');
}

/** Each object's fields, as far as arguments do not matter. */
function dataOf(schema: Schema, choice: OperationChoice): string {
  const data = new Data(schema, choice.fault);
  const lines = schema.types.flatMap((type) =>
    data.entities(type.name).map(({ key }) => {
      const values = type.fields.map((field) => `${field.name}: ${JSON.stringify(data.value(type, field, key, {}))}`);
      return `${type.name} ${key}: ${values.join(', ')}`;
    }),
  );
  return lines.join('\n');
}

class Checker {
  cases = 0;
  withStock = 0;
  schemas = 0;
  uncomposed = 0;
  refused = 0;
  readonly #exercised = new Map<Exercised, number>();
  #shrinking = false;
  /** In the present case. */
  readonly #seen = new Set<Exercised>();
  readonly #see = (what: Exercised) => void this.#seen.add(what);
  #last: { readonly key: string; readonly world: World | null } | null = null;

  constructor(
    readonly stockEvery: number,
    readonly combinationsEvery: number,
    readonly without: Without,
  ) {}

  /** The last one is kept: while operations shrink, the federation stays the same. */
  async world(choice: SchemaChoice): Promise<World | null> {
    const schema = makeSchema(schemaWithout(choice, this.without));
    const key = sdls(schema) + schema.ids;
    if (this.#last?.key === key) return this.#last.world;
    await this.close();
    const world = await createWorld(schema, this.#see);
    this.#last = { key, world };
    if (!this.#shrinking) {
      if (world === null) this.uncomposed++;
      else this.schemas++;
    }
    return world;
  }

  async close(): Promise<void> {
    await this.#last?.world?.close();
    this.#last = null;
  }

  /** @throws {Error} the wrong answer and all that led to it */
  async checkAll(schemaChoice: SchemaChoice, choices: readonly OperationChoice[]): Promise<void> {
    const world = await this.world(schemaChoice);
    if (world === null) return;
    for (const [index, choice] of choices.entries()) {
      const operation = makeOperation(world.whole, choice, this.without);
      await this.#report(world, choice, operation, () => this.check(world, operation, choice));
      for (const one of this.#combinations(operation, index))
        await this.#report(world, choice, one, () => this.check(world, one, choice));
      if (this.stockEvery === 0 || index % this.stockEvery > 0) continue;
      const plain = makePlainOperation(world.whole, choice, this.without);
      if (!isRightInStock(world.schema, plain)) continue;
      await this.#report(world, { ...choice, fault: NO_FAULT }, plain, () => this.checkStock(world, plain));
      if (!this.#shrinking) this.withStock++;
    }
  }

  /** @throws {Error} all there is to know, when there is a problem */
  async #report(
    world: World,
    choice: OperationChoice,
    { query, variables }: GeneratedOperation,
    find: () => Promise<string | null>,
  ): Promise<void> {
    this.#seen.clear();
    const problem = await find().catch((error: unknown) => this.#refusal(world, error));
    if (!this.#shrinking) this.#count();
    if (problem === null) return;
    this.#shrinking = true;
    const fault = choice.fault.kind === 'none' ? '' : `\nfault ${JSON.stringify(choice.fault)}`;
    const labels = labelsOf(choice.labels).map((label) => `\nlabel ${label}`);
    const asked = `${query}\n${JSON.stringify(variables)}${fault}${labels.join('')}`;
    throw new Error(`${sdls(world.schema)}\n${dataOf(world.schema, choice)}\n${asked}\n${problem}`);
  }

  get exercised(): Readonly<Record<Exercised, number>> {
    const counts = EXERCISED.map((what) => [what, this.#exercised.get(what) ?? 0] as const);
    return Object.fromEntries(counts) as Record<Exercised, number>; // as: all of them
  }

  /** What is wrong about an error; null: it is a known one. */
  #refusal({ schema: { items } }: World, error: unknown): string | null {
    if (!(error instanceof Error)) return String(error);
    const isKnown = (items?.owners.length ?? 0) > 1 && REFUSALS.some((one) => one.test(error.message));
    if (!isKnown) return error.stack ?? error.message;
    if (!this.#shrinking) this.refused++;
    return null;
  }

  #count(): void {
    this.cases++;
    for (const what of this.#seen) this.#exercised.set(what, (this.#exercised.get(what) ?? 0) + 1);
  }

  /** Of some operations all combinations of their conditions, of the others none. */
  #combinations(operation: GeneratedOperation, index: number): readonly GeneratedOperation[] {
    if (this.combinationsEvery === 0 || index % this.combinationsEvery > 0) return [];
    const all = combinationsOf(operation);
    return all.length === 1 ? [] : all;
  }

  async check(world: World, operation: GeneratedOperation, { fault, labels }: OperationChoice): Promise<string | null> {
    const [invalid] = validate(world.whole, parse(operation.query));
    if (invalid !== undefined) return `not valid: ${invalid.message}`;
    const expected = await world.truth(operation, fault.kind === 'broken' ? NO_FAULT : fault);
    if (holdsLong(expected.data)) this.#see('number-in-result');
    seeTypenames(world.whole, operation.query, this.#see);
    // What is hidden from clients is null to them, also where it must not be.
    const mistake = expected.errors.find(
      ({ message }) => fault.kind === 'none' && !/^Cannot return null/.test(message),
    );
    if (mistake !== undefined) return `the whole schema is at fault: ${mistake.message}`;
    const judge = fault.kind === 'broken' ? decline : difference;
    const wrong = judge(expected, await world.ours(operation, fault, labelsOf(labels)));
    if (wrong !== null) return wrong;
    const general = judge(expected, await world.ours(operation, fault, labelsOf(labels), 'general'));
    return general && `the general program: ${general}`;
  }

  /** Both gateways on a plain operation. */
  async checkStock(world: World, operation: GeneratedOperation): Promise<string | null> {
    const expected = await world.truth(operation, NO_FAULT);
    const wrong = difference(expected, await world.ours(operation, NO_FAULT, []));
    if (wrong !== null) return wrong;
    return stockDifference(expected, await world.stock(operation, NO_FAULT));
  }

  startRound(): void {
    this.#shrinking = false;
  }
}

/** Runs generated operations over generated federations, and compares with one schema that holds everything, and with stock. */
export async function check(options: CheckOptions): Promise<Outcome> {
  const { cases, seed, perSchema = 60, stockEvery = 4, combinationsEvery = 4, report = () => {}, path, to } = options;
  const { without = NOT_YET, progress = () => {} } = options;
  const failures: string[] = [];
  const checker = new Checker(stockEvery, combinationsEvery, without);
  const property = fc.asyncProperty(
    schemaChoices,
    fc.array(operationChoices, { minLength: 1, maxLength: perSchema, size: 'max' }),
    (schema, operations) => checker.checkAll(schema, operations),
  );
  const isDone = (round: number) => (to === undefined ? checker.cases >= cases : round >= to);
  for (let round = seed; !isDone(round) && failures.length < FAILURES_MAX; round++) {
    checker.startRound();
    const found = await fc.check(property, {
      seed: round,
      numRuns: ROUND,
      interruptAfterTimeLimit: ROUND_MAX_MS,
      ...(path === undefined ? {} : { path }),
    });
    // Without a counterexample the time was up before anything went wrong.
    if (found.failed && found.counterexample !== null) {
      const { errorInstance, counterexamplePath } = found;
      const message = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
      const text = `--seed ${round} --path ${counterexamplePath}\n${message}`;
      failures.push(text);
      report(text);
    }
    progress(round, checker.cases);
    if (path !== undefined) break;
  }
  await checker.close();
  const { schemas, cases: done, withStock, uncomposed, refused, exercised } = checker;
  return { seed, schemas, cases: done, withStock, uncomposed, refused, exercised, failures };
}
