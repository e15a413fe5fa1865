import type { Complete, CompleteInTurns } from './complete';
import type { Parts } from './parts';
import type { Run } from './run';

export interface CompletedField {
  readonly key: string;
  readonly isNonNull: boolean;
  readonly read: (parts: Parts) => Parts;
  readonly complete: Complete;
  /** Null for a leaf. */
  readonly inTurns: CompleteInTurns | null;
}

/** The fields of one runtime type. */
export interface CompletedFields {
  readonly fields: readonly CompletedField[];
  /** Of the braces, the keys and a digit for each value. */
  readonly bytes: number;
}

export function fieldsOf(fields: readonly CompletedField[]): CompletedFields {
  // Quotes, colon, comma.
  return { fields, bytes: fields.reduce((sum, { key }) => sum + Buffer.byteLength(key) + 5, 1) };
}

/** Sets a key that a plain assignment would take for something else. */
function define(result: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
}

/** @returns undefined when a field is null that must not be */
export function completeFields(
  { fields, bytes }: CompletedFields,
  parts: Parts,
  run: Run,
): Record<string, unknown> | undefined {
  run.size.addObject(bytes);
  const result: Record<string, unknown> = {};
  for (const { key, isNonNull, read, complete } of fields) {
    if (run.tracksPath) run.path.push(key);
    const value = complete(read(parts), run);
    if (run.tracksPath) run.path.pop();
    if (value === undefined && isNonNull && run.onError !== 'NULL') return undefined;
    if (key === '__proto__') define(result, key, value ?? null);
    else result[key] = value ?? null;
  }
  return result;
}

/** {@link completeFields} in turns. */
export function* completeFieldsInTurns(
  { fields, bytes }: CompletedFields,
  parts: Parts,
  run: Run,
): Generator<void, Record<string, unknown> | undefined, void> {
  run.size.addObject(bytes);
  const result: Record<string, unknown> = {};
  for (const { key, isNonNull, read, complete, inTurns } of fields) {
    if (run.tracksPath) run.path.push(key);
    const values = read(parts);
    const value = inTurns === null ? complete(values, run) : yield* inTurns(values, run);
    if (run.tracksPath) run.path.pop();
    if (value === undefined && isNonNull && run.onError !== 'NULL') return undefined;
    if (key === '__proto__') define(result, key, value ?? null);
    else result[key] = value ?? null;
  }
  return result;
}
