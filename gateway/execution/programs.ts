import { setImmediate as turn } from 'node:timers/promises';
import type { Cancellation } from '../cancellation';
import { type FetchNode, fetchesIn } from '../planning/plan';
import { compile, type OperationSource } from './compile';
import { CompileBudget } from './compile-budget';
import { compileGeneral } from './general-program';
import type { Program } from './program';
import { ProgramCache } from './program-cache';

/** Combinations of conditions that get a program of their own; the others share the general one. */
export const OWN_PROGRAMS_MAX = 8;

const GENERAL = 'general';
/** Plans with more fetches are read in turns of the loop, this long each, before anything is compiled. */
const READ_AT_ONCE_MAX = 40;
const TURN_MS = 5;

/** Compiler of all operations of a process: its budget of time, and the cache of programs. */
export class Compiler {
  readonly cache: ProgramCache;
  readonly budget: CompileBudget;
  readonly ownProgramsMax: number;
  /** Programs made so far. */
  compilations = 0;

  constructor({
    cache = new ProgramCache(),
    budget = new CompileBudget(),
    ownProgramsMax = OWN_PROGRAMS_MAX,
  }: Partial<Pick<Compiler, 'cache' | 'budget' | 'ownProgramsMax'>> = {}) {
    this.cache = cache;
    this.budget = budget;
    this.ownProgramsMax = ownProgramsMax;
  }
}

type Variables = Readonly<Record<string, unknown>>;

/**
 * Programs of one operation. The first combinations of its conditions that are asked for get a program each, which has
 * everything decided; all others share one that looks at the variables. Where none does for all, each combination is
 * compiled when it comes.
 */
export class Programs {
  readonly #source: OperationSource;
  readonly #conditionNames: readonly string[];
  readonly #compiler: Compiler;
  readonly #number: number;
  /** Combinations that have a program of their own, there or dropped for want of room. */
  readonly #own = new Set<string>();
  #isFirst = true;
  #hasGeneral = true;
  readonly #fetches: readonly FetchNode[];
  /** Null when what is compiled next has to be read first. */
  #reading: Promise<void> | null = null;

  constructor(source: OperationSource, conditionNames: readonly string[], compiler: Compiler) {
    this.#source = source;
    this.#conditionNames = conditionNames;
    this.#compiler = compiler;
    this.#number = compiler.cache.newOperation();
    this.#fetches = fetchesIn(source.plan);
  }

  /**
   * @param variables coerced
   * @throws {HeadgateError} PLANNING_FAILED, PLANNING_OVERLOADED, REQUEST_CANCELLED
   */
  for(variables: Variables, cancellation: Cancellation): Program | Promise<Program> {
    const combination = this.#conditionNames.map((name) => (variables[name] === true ? '1' : '0')).join('');
    const found = this.#find(combination);
    if (found !== undefined) return found;
    const make = () => this.#find(combination) ?? this.#compile(combination, variables);
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    const spend = () => this.#compiler.budget.spend(make, isFirst, cancellation);
    if (this.#fetches.length <= READ_AT_ONCE_MAX) return spend();
    this.#reading ??= this.#readInTurns();
    return this.#reading.then(spend);
  }

  async #readInTurns(): Promise<void> {
    let begun = performance.now();
    for (const fetch of this.#fetches) {
      this.#source.scope.operations.of(fetch);
      if (performance.now() - begun < TURN_MS) continue;
      await turn();
      begun = performance.now();
    }
  }

  /** What was read has served when no other program can follow soon. */
  #forget(): void {
    this.#source.scope.operations.forget();
    this.#reading = null;
  }

  #isOwn(combination: string): boolean {
    return !this.#hasGeneral || this.#own.has(combination) || this.#own.size < this.#compiler.ownProgramsMax;
  }

  #find(combination: string): Program | undefined {
    const { cache } = this.#compiler;
    return cache.get(this.#number, this.#isOwn(combination) ? combination : GENERAL);
  }

  #compile(combination: string, variables: Variables): Program {
    const { cache } = this.#compiler;
    this.#compiler.compilations++;
    if (!this.#isOwn(combination)) {
      const general = compileGeneral(this.#source, this.#conditionNames);
      if (general !== null) {
        cache.set(this.#number, GENERAL, general);
        this.#forget();
        return general;
      }
      this.#hasGeneral = false;
    }
    const conditions = new Map(this.#conditionNames.map((name) => [name, variables[name] === true]));
    const program = compile(this.#source, conditions);
    if (this.#hasGeneral) this.#own.add(combination);
    cache.set(this.#number, combination, program);
    if (this.#conditionNames.length === 0) this.#forget();
    return program;
  }
}
