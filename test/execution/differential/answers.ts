/** What somebody answered to an operation. */
export interface Answer {
  readonly data: unknown;
  readonly errors: readonly { readonly message: string; readonly path?: readonly (string | number)[] | undefined }[];
}

type Path = readonly (string | number)[];

function startsWith(path: Path, beginning: Path): boolean {
  return beginning.every((element, at) => path[at] === element);
}

/** Where the null is that an error at `path` stands for: nulls rise through what must not be null. */
function nullPlace(data: unknown, path: Path): string {
  let value = data;
  for (const [at, element] of path.entries()) {
    if (value === null) return JSON.stringify(path.slice(0, at));
    value = typeof value === 'object' ? (value as Record<string | number, unknown>)[element] : undefined; // as: JSON
  }
  return value === null ? JSON.stringify(path) : `${JSON.stringify(path)}, which is not null`;
}

function nullPlaces({ data, errors }: Answer): string {
  const places = new Set(errors.map(({ path = [], message }) => (path.length > 0 ? nullPlace(data, path) : message)));
  return [...places].sort().join(' ');
}

/** @returns null when both are the same: the data, and the places whose nulls are explained by errors */
export function difference(expected: Answer, received: Answer): string | null {
  const data = JSON.stringify(expected.data) === JSON.stringify(received.data);
  if (data && nullPlaces(expected) === nullPlaces(received)) return null;
  return `expected ${shown(expected)}\nreceived ${shown(received)}`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** The same for stock, which has an order of keys of its own and does not report every null that rises as an error. */
export function stockDifference(expected: Answer, received: Answer): string | null {
  if (JSON.stringify(sorted(expected.data)) === JSON.stringify(sorted(received.data))) return null;
  return `expected ${shown(expected)}\nstock answers ${shown(received)}`;
}

function shown({ data, errors }: Answer): string {
  const texts = errors.map(({ message, path = [] }) => `${path.join('.')}: ${message}`);
  return `${JSON.stringify(data)}${texts.length === 0 ? '' : `\n  ${texts.join('\n  ')}`}`;
}

/** Whether an error tells why an object, or a value in it, is not what it should be. */
function isExplained(path: Path, errors: Answer['errors']): boolean {
  // What a fetch failed to require is null, too: the error may be at any place of the same object.
  const object = path.slice(0, -1);
  return errors.some(({ path: at = [] }) => startsWith(path, at) || startsWith(at, object));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** The first place where `received` is neither what is true nor a null that an error explains. */
function unexplained(truth: unknown, received: unknown, errors: Answer['errors'], path: Path): Path | null {
  if (received === truth) return null;
  if (!isObject(truth) || !isObject(received)) {
    // Of an item whose type nobody told, the interface is all that is known; not even that it should be hidden.
    const isItem = (received === 'Item' && typeof truth === 'string') || (truth === null && isObject(received));
    const declined = received === null || isItem;
    return declined && isExplained(path, errors) ? null : path;
  }
  if (Array.isArray(truth) !== Array.isArray(received)) return path;
  const [keys, given] = [Object.keys(truth), Object.keys(received)];
  const mayLack = !Array.isArray(truth) && isExplained([...path, ''], errors);
  if (mayLack ? given.some((key) => !keys.includes(key)) : keys.join() !== given.join()) return path;
  for (const key of given) {
    const at = Array.isArray(truth) ? Number(key) : key;
    const below = unexplained(truth[key], received[key], errors, [...path, at]);
    if (below !== null) return below;
  }
  return null;
}

/** @returns null when `received` is `truth` but for nulls that errors explain */
export function decline(truth: Answer, received: Answer): string | null {
  const place = unexplained(truth.data, received.data, received.errors, []);
  if (place === null) return null;
  return `expected ${shown(truth)}\nreceived ${shown(received)}\nnothing explains ${JSON.stringify(place)}`;
}
