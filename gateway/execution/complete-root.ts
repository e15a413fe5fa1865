import { pieceTurn } from '../own-turns';
import { TOO_MUCH_AT_ONCE } from './answer-size';
import { type CompletedFields, completeFields, completeFieldsInTurns } from './complete-fields';
import { type Parts, rootParts } from './parts';
import type { Position } from './position';
import type { Run } from './run';

type Data = Record<string, unknown> | null;

/** Once without keeping track of the path, and once more with it when something has to be refused. */
function atOnce(fields: CompletedFields, parts: Parts, run: Run): Data {
  // A walk may have been done in turns before.
  run.size.begin(true);
  const data = completeFields(fields, parts, run);
  if (!run.needsPath) return data ?? null;
  run.tracksPath = true;
  run.size.begin(true);
  return completeFields(fields, parts, run) ?? null;
}

async function driven(fields: CompletedFields, parts: Parts, run: Run): Promise<Data> {
  run.size.begin(false);
  const work = completeFieldsInTurns(fields, parts, run);
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value ?? null;
    await pieceTurn();
    // Nobody waits for it any more.
    if (run.flight.cancellation.reason !== null) return null;
    run.size.nextTurn();
  }
}

async function inTurns(fields: CompletedFields, root: Position, run: Run): Promise<Data> {
  run.restart();
  const data = await driven(fields, rootParts(root, run), run);
  if (!run.needsPath) return data;
  run.tracksPath = true;
  return await driven(fields, rootParts(root, run), run);
}

/**
 * The whole answer; null when a non-null root field is. What is too large for one turn of the loop is begun anew, in turns.
 * @throws {AnswerTooLarge}
 */
export function completeRoot(fields: CompletedFields, root: Position, run: Run): Data | Promise<Data> {
  try {
    return atOnce(fields, rootParts(root, run), run);
  } catch (error) {
    if (error !== TOO_MUCH_AT_ONCE) throw error;
    return inTurns(fields, root, run);
  }
}
