import { type ByteBudget, KeptMap, keptBytes, textBytes } from '../kept';
import type { Position } from './position';
import type { Program } from './program';

/** What one of them weighs with all that is compiled for it at first sight; measured. */
const POSITION_BYTES = 1_500;
const FETCH_BYTES = 4_000;
const PROGRAM_BYTES = 4_000;
/** As it is, and as the beginning of a body. */
const TEXTS = 2;

function positionsBelow({ children }: Position): number {
  let sum = 1;
  for (const child of children.values()) sum += positionsBelow(child);
  return sum;
}

/** About what a program weighs. */
function programBytes({ root, requests, listDepths }: Program): number {
  const text = requests.reduce((sum, { operation }) => sum + TEXTS * textBytes(operation.text), 0);
  return PROGRAM_BYTES + positionsBelow(root) * POSITION_BYTES + listDepths.length * FETCH_BYTES + text;
}

/** Programs of all operations, as many as there is room for; those used last. */
export class ProgramCache {
  readonly #programs: KeptMap<string, Program>;
  readonly #budget: ByteBudget;
  #operations = 0;

  constructor(budget: ByteBudget = keptBytes) {
    this.#budget = budget;
    this.#programs = new KeptMap({ name: 'programs', weigh: programBytes, budget });
  }

  /** About what all of them weigh. */
  get bytes(): number {
    return this.#budget.numbers().find(({ name }) => name === 'programs')?.bytes ?? 0;
  }

  /** A number for an operation that puts programs here. */
  newOperation(): number {
    return this.#operations++;
  }

  /** @param combination of the operation's conditions, `general` for the program that does for all */
  get(operation: number, combination: string): Program | undefined {
    return this.#programs.get(`${operation} ${combination}`);
  }

  set(operation: number, combination: string, program: Program): void {
    this.#programs.set(`${operation} ${combination}`, program);
  }

  clear(): void {
    this.#programs.clear();
  }
}
