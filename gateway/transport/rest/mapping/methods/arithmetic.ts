import { asNumeric, isNumeric, type Json, narrowInteger } from '../../json';
import { eager, type Method, signature } from './method';

interface Operation {
  readonly name: string;
  readonly whole: (a: bigint, b: bigint) => bigint | undefined;
  readonly real: (a: number, b: number) => number;
}

const OPERATIONS: readonly Operation[] = [
  { name: 'add', whole: (a, b) => a + b, real: (a, b) => a + b },
  { name: 'sub', whole: (a, b) => a - b, real: (a, b) => a - b },
  { name: 'mul', whole: (a, b) => a * b, real: (a, b) => a * b },
  // A quotient that is no whole number is computed as a real one.
  { name: 'div', whole: (a, b) => (b !== 0n && a % b === 0n ? a / b : undefined), real: (a, b) => a / b },
  { name: 'mod', whole: (a, b) => (b === 0n ? undefined : a % b), real: (a, b) => a % b },
];

/** Whole numbers of more digits than anybody writes have no result: squared again and again they would fill the memory. */
const WHOLE_MAX = 10n ** 1_000n;

/** Whole numbers stay exact; division by zero and overflow have no result. */
function compute(a: number | bigint, b: number | bigint, { whole, real }: Operation): Json | undefined {
  const safe = typeof a === 'number' && typeof b === 'number' ? real(a, b) : undefined;
  if (safe !== undefined && (Number.isSafeInteger(safe) || !isWhole(a) || !isWhole(b))) return finite(safe);
  const exact = isWhole(a) && isWhole(b) ? whole(BigInt(a), BigInt(b)) : undefined;
  if (exact === undefined) return finite(real(Number(a), Number(b)));
  return exact < WHOLE_MAX && exact > -WHOLE_MAX ? narrowInteger(exact) : undefined;
}

function isWhole(value: number | bigint): boolean {
  return typeof value === 'bigint' || Number.isInteger(value);
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

export const ARITHMETIC_METHODS: readonly Method[] = OPERATIONS.map((operation) =>
  eager(signature(operation.name, 'v0.3', 'number', [1, Number.POSITIVE_INFINITY]), (input, args) => {
    let result: Json | undefined = asNumeric(input);
    for (const given of args) {
      const arg = asNumeric(given);
      if (!isNumeric(result) || !isNumeric(arg)) return undefined;
      result = compute(result, arg, operation);
    }
    return result;
  }),
);
