import DataLoader from 'dataloader';
import type { EntityConnector } from '../connector';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json';
import { restError } from '../response/rest-error';
import { keyOf, keyText } from './entity-key';
import type { Session } from './session';

/** Loads objects of one type through one connector; each key once in an operation. Null: there is no such object. */
export type EntityLoader = (reference: JsonObject) => Promise<JsonObject | null>;

export function createEntityLoader(type: string, entity: EntityConnector, session: Session): EntityLoader {
  const bulk = entity.kind === 'batch';
  const load = (references: readonly JsonObject[]) =>
    bulk
      ? loadBulk(references, entity, session)
      : Promise.all(references.map((one) => settled(loadOne(one, entity, session))));
  const loader = new DataLoader<JsonObject, JsonObject | null, string>(load, {
    cacheKeyFn: (reference) => keyText(reference, entity.keys) ?? '',
    ...(bulk ? { batchScheduleFn: (dispatch) => session.window.schedule(type, dispatch) } : { batch: false }),
  });
  return (reference) => loader.load(reference);
}

async function loadOne(reference: JsonObject, { connector, keys, defaults }: EntityConnector, session: Session) {
  const row = await session.run(connector, { $this: reference, $args: { ...defaults, ...keyOf(reference, keys) } });
  if (row === null || isJsonObject(row)) return row;
  throw restError(
    session.siteOf(connector),
    'REST_RESPONSE_INVALID',
    'the answer is a list or a value where an object is declared',
  );
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

/** At most `maxSize` objects in a request, and none whose URL would be too long. */
function chunks(
  references: readonly JsonObject[],
  entity: EntityConnector,
  session: Session,
): (readonly JsonObject[])[] {
  const sized: (readonly JsonObject[])[] = [];
  for (let at = 0; at < references.length; at += entity.maxSize) sized.push(references.slice(at, at + entity.maxSize));
  return sized.flatMap((chunk) => halveLong(chunk, entity, session));
}

function halveLong(chunk: readonly JsonObject[], entity: EntityConnector, session: Session): (readonly JsonObject[])[] {
  if (chunk.length < 2 || !isTooLong(chunk, entity, session)) return [chunk];
  const middle = Math.ceil(chunk.length / 2);
  return [chunk.slice(0, middle), chunk.slice(middle)].flatMap((half) => halveLong(half, entity, session));
}

function isTooLong(chunk: readonly JsonObject[], { connector, keys }: EntityConnector, session: Session): boolean {
  try {
    return session.isTooLong(connector, { $batch: chunk.map((one) => keyOf(one, keys)) });
  } catch {
    return false; // the request is refused when it is sent, where the error finds its objects
  }
}

/** One request; when it fails, only its own objects do. */
async function loadChunk(chunk: readonly JsonObject[], entity: EntityConnector, session: Session) {
  const { connector, keys } = entity;
  const answer = await settled(session.run(connector, { $batch: chunk.map((one) => keyOf(one, keys)) }));
  const rows = answer instanceof Error ? answer : rowsByKey(answer, entity, session);
  if (rows instanceof Error) return chunk.map(() => rows);
  return chunk.map((one) => rows.get(keyText(one, keys) ?? '') ?? null);
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
    return restError(
      session.siteOf(connector),
      'REST_RESPONSE_INVALID',
      'the answer to a bulk lookup is no list of objects',
    );
  }
  for (const row of answer) {
    const key = isJsonObject(row) ? keyText(row, keys) : null;
    if (key !== null && isJsonObject(row)) rows.set(key, row);
  }
  return rows;
}

async function settled<Result>(promise: Promise<Result>): Promise<Result | Error> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
