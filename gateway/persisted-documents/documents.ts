import { keyOf } from '../key';
import type { ManifestDocument } from './options';

/** Whoever asks, as far as he tells. */
export interface NamedClient {
  readonly name: string | undefined;
  readonly version: string | undefined;
}

/** What the draft of GraphQL over HTTP writes in front of an id that is the hash of the text. */
const HASH_PREFIX = 'sha256:';

/** The documents of all manifests, by id and by text. */
export class Documents {
  readonly #byId = new Map<string, ManifestDocument>();
  /** By the name of the one client that they are for, and the id. */
  readonly #ofClients = new Map<string, ManifestDocument>();
  readonly #byText = new Map<string, ManifestDocument>();

  /** @param list without contradictions; see {@link contradiction} */
  constructor(list: readonly ManifestDocument[]) {
    for (const one of list) {
      if (one.clientName === null) this.#byId.set(idOf(one), one);
      else this.#ofClients.set(keyOf(one.clientName, idOf(one)), one);
      this.#byText.set(one.text, one);
    }
  }

  get size(): number {
    return this.#byText.size;
  }

  /** Each text once. */
  texts(): Iterable<string> {
    return this.#byText.keys();
  }

  /** A document for this client alone goes before one of the same id that is for each. */
  find(id: string, { name, version }: NamedClient): ManifestDocument | null {
    const bare = id.startsWith(HASH_PREFIX) ? id.slice(HASH_PREFIX.length) : id;
    return (
      (name === undefined
        ? undefined
        : (this.#ofClients.get(keyOf(name, id)) ?? this.#ofClients.get(keyOf(name, bare)))) ??
      (name === undefined || version === undefined ? undefined : this.#byId.get(appId(name, version, bare))) ??
      this.#byId.get(id) ??
      this.#byId.get(bare) ??
      null
    );
  }

  /** The one with exactly this text. */
  withText(text: string): ManifestDocument | null {
    return this.#byText.get(text) ?? null;
  }
}

/** As Hive writes the documents of an app deployment. */
function appId(name: string, version: string, id: string): string {
  return `${name}~${version}~${id}`;
}

/** What clients call it by. One of an app is known by its bare id to that app only. */
function idOf({ id, app }: ManifestDocument): string {
  return app === null ? id : appId(app.name, app.version, id);
}

/** Two documents that cannot be told apart by an id, by their places in the list; null when there are none. */
export function contradiction(list: readonly ManifestDocument[]): readonly [number, number] | null {
  const seen = new Map<string, number>();
  for (const [index, one] of list.entries()) {
    const key = keyOf(one.clientName, idOf(one));
    const before = seen.get(key);
    if (before === undefined) seen.set(key, index);
    else if (list[before]?.text !== one.text) return [before, index];
  }
  return null;
}
