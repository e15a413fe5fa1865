import DataLoader from 'dataloader';
import type { Connector, EntityConnector } from '../connector';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json';
import { PATH_CHARACTERS_MAX } from '../request/build-request';
import { RestError, restError } from '../response/rest-error';
import { areOthers, keyOf, keyText } from './entity-key';
import type { Prepared, Session } from './session';

/** Loads objects of one type through one connector; each key once in an operation. Null: there is no such object. */
export type EntityLoader = (reference: JsonObject) => Promise<JsonObject | null>;

export function createEntityLoader(type: string, entity: EntityConnector, session: Session): EntityLoader {
  const bulk = entity.kind === 'batch';
  const load = (references: readonly JsonObject[]) =>
    bulk
      ? loadBulk(references, entity, session)
      : Promise.all(references.map((one) => settled(loadOne(one, type, entity, session))));
  const loader = new DataLoader<JsonObject, JsonObject | null, string>(load, {
    cacheKeyFn: (reference) => keyText(reference, entity.keys) ?? '',
    ...(bulk ? { batchScheduleFn: (dispatch) => session.window.schedule(type, dispatch) } : { batch: false }),
  });
  return (reference) => loader.load(reference);
}

async function loadOne(
  reference: JsonObject,
  type: string,
  { connector, keys, defaults }: EntityConnector,
  session: Session,
) {
  const row = await session.run(connector, { $this: reference, $args: { ...defaults, ...keyOf(reference, keys) } });
  if (row === null) return null;
  if (!isJsonObject(row))
    throw invalid(session, connector, 'the answer is a list or a value where an object is declared');
  if (areOthers(reference, row, session.engine.connectors.keys.get(type) ?? []))
    throw invalid(session, connector, 'the answer is about another object than the one that was asked for');
  return row;
}

function invalid(session: Session, connector: Connector, message: string): RestError {
  return restError(session.siteOf(connector), 'REST_RESPONSE_INVALID', message);
}

async function loadBulk(
  references: readonly JsonObject[],
  entity: EntityConnector,
  session: Session,
): Promise<readonly (JsonObject | null | Error)[]> {
  const results = await Promise.all(
    chunks(references, entity, session).map((chunk) => loadChunk(chunk, entity, session)),
  );
  return results.flat();
}

/** Objects that are asked for by one request. */
interface Chunk {
  readonly references: readonly JsonObject[];
  /** What is wrong with it makes no request. */
  readonly prepared: Prepared | RestError;
}

/** At most `maxSize` objects in a request, and none whose URL would be too long. */
function chunks(references: readonly JsonObject[], entity: EntityConnector, session: Session): readonly Chunk[] {
  const made: Chunk[] = [];
  for (let at = 0; at < references.length; at += entity.maxSize)
    made.push(...halves(references.slice(at, at + entity.maxSize), entity, session));
  return made;
}

function halves(references: readonly JsonObject[], entity: EntityConnector, session: Session): readonly Chunk[] {
  const prepared = prepare(references, entity, session);
  const length = prepared instanceof Error ? 0 : (prepared.request?.path.length ?? 0);
  if (references.length < 2 || length <= PATH_CHARACTERS_MAX) return [{ references, prepared }];
  const middle = Math.ceil(references.length / 2);
  return [references.slice(0, middle), references.slice(middle)].flatMap((half) => halves(half, entity, session));
}

function prepare(references: readonly JsonObject[], { connector, keys }: EntityConnector, session: Session) {
  try {
    return session.prepare(connector, { $batch: references.map((one) => keyOf(one, keys)) });
  } catch (error) {
    if (error instanceof RestError) return error;
    throw error;
  }
}

/** One request; when it fails, only its own objects do. */
async function loadChunk({ references, prepared }: Chunk, entity: EntityConnector, session: Session) {
  const { connector, keys } = entity;
  const answer = prepared instanceof Error ? prepared : await settled(session.send(connector, prepared));
  const rows = answer instanceof Error ? answer : rowsByKey(answer, entity, session);
  if (rows instanceof Error) return references.map(() => rows);
  return references.map((one) => rows.get(keyText(one, keys) ?? '') ?? null);
}

/** Rows find their objects by key, never by place; rows without a key or with a strange one belong to nobody. */
function rowsByKey(
  answer: Json,
  { connector, keys }: EntityConnector,
  session: Session,
): Map<string, JsonObject> | Error {
  const rows = new Map<string, JsonObject>();
  if (answer === null) return rows;
  if (!isJsonArray(answer)) {
    return invalid(session, connector, 'the answer to a bulk lookup is no list of objects');
  }
  for (const row of answer) {
    const key = isJsonObject(row) ? keyText(row, keys) : null;
    if (key !== null && isJsonObject(row)) rows.set(key, row);
  }
  // A name that is misspelt in the mapping would make every object one that does not exist.
  if (rows.size === 0 && answer.some(isJsonObject))
    return invalid(
      session,
      connector,
      `no row of the answer has the key ${keys.map((path) => path.join('.')).join(', ')}`,
    );
  return rows;
}

/** What goes wrong, as a value. */
export async function settled<Result>(promise: Promise<Result>): Promise<Result | Error> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
