import fc from 'fast-check';
import { Kind, parse, print, type SelectionSetNode } from 'graphql';
import {
  type OperationChoice,
  operationChoices,
  type SchemaChoice,
  schemaChoices,
  schemaWithout,
  type Without,
} from '../../execution/differential/model';
import { type GeneratedOperation, makeOperation } from '../../execution/differential/operations';
import { makeSchema } from '../../execution/differential/schema';
import { Evaluator } from './evaluate';
import { createGuardedWorld, type Given, type GuardedWorld } from './guarded-world';
import { type Claims, claimChoices, type ProtectionChoice, protectionChoices, SCOPES } from './protection';
import { nameOf, Rules } from './rules';

export interface OracleOptions {
  readonly cases: number;
  readonly seed: number;
  /** Federations in one run of fast-check. */
  readonly perRound?: number;
  readonly path?: string;
  readonly progress?: (cases: number) => void;
}

export interface OracleOutcome {
  /** An operation asked for by somebody. */
  readonly cases: number;
  /** Of the cases: those of which something was refused. */
  readonly refused: number;
  /** Of the cases: those of which everything was. */
  readonly emptied: number;
  /** Of the cases: those left out because the answer to all of it has nulls of its own that spread, or there is no plan of it. */
  readonly skipped: number;
  /** The smallest one found; null: there is none. */
  readonly failure: string | null;
}

const WITHOUT: Without = new Set(['introspection', 'introspection-in-fragments']);
const ALL: Claims = SCOPES;
/** What the planner refuses, see `test/execution/differential/check`. */
const NO_PLAN = /^Cannot add selection of field|would wait for each other|create a cycle|no subgraph can answer/;
/** Fields of keys, which are asked for whoever asks. */
const KEYS: ReadonlySet<string> = new Set(['id', 'part', 'code', 'ref', 'num', 'k', '__typename']);

class Checker {
  cases = 0;
  refused = 0;
  emptied = 0;
  skipped = 0;

  /** @throws {Error} a wrong answer, and all that led to it */
  async check(
    schemaChoice: SchemaChoice,
    protections: readonly ProtectionChoice[],
    operations: readonly { readonly choice: OperationChoice; readonly claims: Claims }[],
  ): Promise<void> {
    const schema = makeSchema(schemaWithout(schemaChoice, WITHOUT));
    const world = await createGuardedWorld(schema, protections);
    if (world === null) return;
    for (const { choice, claims } of operations) {
      const query = { ...choice, isMutation: false, introspection: 0, labels: 0 };
      const operation = makeOperation(world.whole, query, WITHOUT);
      const problem = await this.#problem(world, operation, claims).catch((error: unknown) => {
        if (!(error instanceof Error) || !NO_PLAN.test(error.message)) throw error;
        this.skipped++;
        return null;
      });
      if (problem === null) continue;
      const places = [...world.protection].map(([place, all]) => `${place}: ${JSON.stringify(all)}`);
      const asked = `${operation.query}\n${JSON.stringify(operation.variables)}\nclaims ${JSON.stringify(claims)}`;
      throw new Error(`${print(world.supergraph)}\n${places.join('\n')}\n${asked}\n${problem}`);
    }
  }

  async #problem(world: GuardedWorld, operation: GeneratedOperation, claims: Claims): Promise<string | null> {
    const everything = await world.everything(operation);
    if (everything === null) {
      this.skipped++;
      return null;
    }
    const given = await world.ours(operation, claims);
    this.#count(given);
    const wrong = difference(world, operation, claims, everything, given);
    if (wrong !== null) return wrong;
    const more: Claims = [...(claims ?? []), 'a'];
    const givenMore = await world.ours(operation, more);
    this.#count(givenMore);
    const wrongMore = difference(world, operation, more, everything, givenMore);
    if (wrongMore !== null) return `with more: ${wrongMore}`;
    if (!covers(givenMore.data, given.data)) return `less for more:\n${texts(givenMore.data, given.data)}`;
    const [whole, unguarded] = [await world.ours(operation, ALL), await world.unguarded(operation)];
    this.cases++;
    const isSame = JSON.stringify(whole) === JSON.stringify(unguarded);
    return isSame ? null : `what is permitted is not the same:\n${texts(whole, unguarded)}`;
  }

  #count({ data, refused }: Given): void {
    this.cases++;
    if (refused.length > 0) this.refused++;
    if (data === null) this.emptied++;
  }
}

/** What is wrong with an answer; null: nothing. */
function difference(
  { supergraph, protection }: GuardedWorld,
  { query, variables }: GeneratedOperation,
  claims: Claims,
  everything: unknown,
  { data, refused, asked }: Given,
): string | null {
  const rules = new Rules(supergraph, protection, claims);
  const evaluator = new Evaluator(parse(query), rules, variables);
  const expected = evaluator.answer(everything);
  if (JSON.stringify(expected) !== JSON.stringify(data)) return `wrong answer:\n${texts(expected, data)}`;
  const places = [...new Set(evaluator.refused)];
  if (JSON.stringify(places) !== JSON.stringify(refused)) return `wrong errors:\n${texts(places, refused)}`;
  for (const text of asked) {
    const leak = leakIn(text, rules);
    if (leak !== null) return `a subgraph is asked for ${leak}: ${text}`;
  }
  return null;
}

function texts(one: unknown, other: unknown): string {
  return `${JSON.stringify(one)}\n${JSON.stringify(other)}`;
}

/** The first protected field that a request to a subgraph asks for; null: there is none. */
function leakIn(text: string, rules: Rules): string | null {
  const walk = ({ selections }: SelectionSetNode, type: string): string | null => {
    for (const one of selections) {
      if (one.kind === Kind.FRAGMENT_SPREAD) throw new Error('requests have no named fragments');
      const found = one.kind === Kind.FIELD ? fieldLeak(one, type) : walk(one.selectionSet, inner(one, type));
      if (found !== null) return found;
    }
    return null;
  };
  const inner = (one: { typeCondition?: { name: { value: string } } | undefined }, type: string) =>
    one.typeCondition?.name.value ?? type;
  const fieldLeak = (
    { name: { value: name }, selectionSet }: { name: { value: string }; selectionSet?: SelectionSetNode | undefined },
    type: string,
  ): string | null => {
    const isEntities = name === '_entities';
    if (!isEntities && !KEYS.has(name) && !rules.mayBeAsked(type, name)) return `${type}.${name}`;
    if (selectionSet === undefined) return null;
    return walk(selectionSet, isEntities ? '' : nameOf(rules.fieldType(type, name)));
  };
  for (const one of parse(text).definitions)
    if (one.kind === Kind.OPERATION_DEFINITION) return walk(one.selectionSet, 'Query');
  return null;
}

/** Whether all that one answer has, the other one has as well. */
function covers(more: unknown, less: unknown): boolean {
  if (less === null) return true;
  if (Array.isArray(less))
    return Array.isArray(more) && more.length === less.length && less.every((one, at) => covers(more[at], one));
  if (typeof less !== 'object' || typeof more !== 'object' || more === null) return more === less;
  const values = new Map(Object.entries(more));
  return Object.entries(less).every(([key, value]) => values.has(key) && covers(values.get(key), value));
}

/** Runs generated operations of generated askers over generated federations with protected places. */
export async function checkAuthorization(options: OracleOptions): Promise<OracleOutcome> {
  const { cases, seed, perRound = 20, path, progress } = options;
  const checker = new Checker();
  const asked = fc.record({ choice: operationChoices, claims: claimChoices });
  const property = fc.asyncProperty(
    schemaChoices,
    protectionChoices,
    fc.array(asked, { minLength: 1, maxLength: 40, size: 'max' }),
    (schema, protections, operations) => checker.check(schema, protections, operations),
  );
  let failure: string | null = null;
  for (let round = seed; checker.cases < cases && failure === null; round++) {
    const limits = { seed: round, numRuns: perRound, interruptAfterTimeLimit: 120_000 };
    const found = await fc.check(property, path === undefined ? limits : { ...limits, path });
    if (found.failed && found.counterexample !== null) {
      const { errorInstance, counterexamplePath } = found;
      const message = errorInstance instanceof Error ? (errorInstance.stack ?? '') : String(errorInstance);
      failure = `--seed ${round} --path ${counterexamplePath}\n${message}`;
    }
    progress?.(checker.cases);
    if (path !== undefined) break;
  }
  const { refused, emptied, skipped } = checker;
  return { cases: checker.cases, refused, emptied, skipped, failure };
}
