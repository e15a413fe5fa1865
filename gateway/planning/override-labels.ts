/** Headers of a client's request, lower-case names. One object stands for one request. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Labels of progressive `@override(from:, label:)`, and which of them hold for one request. */
export interface OverrideLabels {
  /**
   * Labels that hold for a request, sorted; `percent(5)` for five of a hundred.
   * @param headers asked again for the same request, the answer is the same
   */
  choose(headers?: RequestHeaders): readonly string[];
}

export interface OverrideSettings {
  /** Named labels that hold; those not named do not. */
  readonly labels?: Readonly<Record<string, boolean>>;
  /** Header that goes before everything else: `new-stock, !percent(5)`. Null: clients have no say. */
  readonly header?: string | null;
}

const OVERRIDE_LABEL = /overrideLabel:\s*"([^"\\]+)"/g;
const PERCENT = /^percent\((\d+(?:\.\d+)?)\)$/;
const NONE: readonly string[] = [];

/** Labels that a header names: true for those that shall hold, false for those after a `!`. */
function namedIn(header: RequestHeaders[string]): ReadonlyMap<string, boolean> {
  const names = [header ?? []].flat().join().split(',');
  return new Map(
    names.map((name) => name.trim()).map((name) => (name.startsWith('!') ? [name.slice(1), false] : [name, true])),
  );
}

/**
 * @param sdl a supergraph
 * @param random 0 to 1, drawn once a request, so that `percent(5)` never holds without `percent(10)`
 */
export function overrideLabels(
  sdl: string,
  { labels: settings = {}, header = null }: OverrideSettings,
  random: () => number = Math.random,
): OverrideLabels {
  const labels = [...new Set([...sdl.matchAll(OVERRIDE_LABEL)].map(([, label = '']) => label))].sort();
  const shares = new Map(
    labels.flatMap((label) => {
      const percent = PERCENT.exec(label)?.[1];
      return percent === undefined ? [] : [[label, Number(percent) / 100]];
    }),
  );
  const chosen = new WeakMap<RequestHeaders, readonly string[]>();

  function choose(headers: RequestHeaders): readonly string[] {
    const drawn = random();
    const wanted = header === null ? null : namedIn(headers[header]);
    return labels.filter((label) => {
      const byHeader = wanted?.get(label);
      if (byHeader !== undefined) return byHeader;
      const share = shares.get(label);
      return share === undefined ? Object.hasOwn(settings, label) && settings[label] === true : drawn < share;
    });
  }

  return {
    choose(headers = {}) {
      if (labels.length === 0) return NONE;
      const known = chosen.get(headers) ?? choose(headers);
      chosen.set(headers, known);
      return known;
    },
  };
}
