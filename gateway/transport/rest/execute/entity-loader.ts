import DataLoader from 'dataloader';
import type { Connector, EntityConnector } from '../connector';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../json';
import { type RestError, restError } from '../response/rest-error';
import { areOthers, keyOf, keyText } from './entity-key';
import type { Session } from './session';

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
