/** Labels of progressive `@override(from:, label:)`, and which of them hold for one request. */
export interface OverrideLabels {
  /** True when two requests for one operation may have different labels. */
  readonly vary: boolean;
  /** Labels that hold for the next request, sorted; `percent(5)` for five of a hundred. */
  choose(): readonly string[];
}

const OVERRIDE_LABEL = /overrideLabel:\s*"([^"\\]+)"/g;
const PERCENT = /^percent\((\d+(?:\.\d+)?)\)$/;

/**
 * @param sdl a supergraph
 * @param settings named labels that hold; those not named do not
 * @param random 0 to 1, drawn once a request, so that `percent(5)` never holds without `percent(10)`
 */
export function overrideLabels(
  sdl: string,
  settings: Readonly<Record<string, boolean>>,
  random: () => number = Math.random,
): OverrideLabels {
  const labels = [...new Set([...sdl.matchAll(OVERRIDE_LABEL)].map(([, label = '']) => label))].sort();
  const shares = new Map(
    labels.flatMap((label) => {
      const percent = PERCENT.exec(label)?.[1];
      return percent === undefined ? [] : [[label, Number(percent) / 100]];
    }),
  );
  const vary = [...shares.values()].some((share) => share > 0 && share < 1);
  return {
    vary,
    choose() {
      if (labels.length === 0) return labels;
      const drawn = random();
      return labels.filter((label) => {
        const share = shares.get(label);
        return share === undefined ? Object.hasOwn(settings, label) && settings[label] === true : drawn < share;
      });
    },
  };
}
