import { ROWS_AT_ONCE } from '../execute/pieces';
import { isJsonArray, isJsonObject, type Json, ownProperty } from '../json';
import type { Mapping } from '../mapping/mapping';
import type { Variables } from '../mapping/scope';

/** The list that a mapping maps row by row, when it is too long for one turn of the loop; null when there is none. */
export function manyRows({ rowsAt }: Mapping, data: Json): readonly Json[] | null {
  if (rowsAt === null) return null;
  let value: Json | undefined = data;
  for (const key of rowsAt) value = value !== undefined && isJsonObject(value) ? ownProperty(value, key) : undefined;
  return value !== undefined && isJsonArray(value) && value.length > ROWS_AT_ONCE ? value : null;
}

/**
 * Maps a long list piece by piece.
 * @param turn is waited for before each piece
 * @throws {MappingLimitError}
 */
export async function selectInTurns(
  selection: Mapping,
  rows: readonly Json[],
  variables: Variables,
  turn: () => Promise<void>,
): Promise<Json> {
  const mapped: Json[] = [];
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    await turn();
    const piece = selection.run(around(rows.slice(at, at + ROWS_AT_ONCE), selection.rowsAt ?? []), variables);
    if (piece === undefined || !isJsonArray(piece)) throw new Error('a list maps to a list');
    for (const row of piece) mapped.push(row);
  }
  return mapped;
}

/** The value at the end of keys, with nothing beside it: nothing else is read. */
function around(value: Json, keys: readonly string[]): Json {
  return keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
}
