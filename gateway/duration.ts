const UNITS_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** How durations are written: a number and a unit. For patterns; {@link millisecondsIn} reads them. */
export const DURATION_SOURCE = String.raw`(\d+(?:\.\d+)?)(ms|s|m|h)`;
export const DURATION_WITH_DAYS_SOURCE = String.raw`(\d+(?:\.\d+)?)(ms|s|m|h|d)`;
const FORM = new RegExp(`^${DURATION_SOURCE}$`);
const FORM_WITH_DAYS = new RegExp(`^${DURATION_WITH_DAYS_SOURCE}$`);

/** `250ms`, `1.5s`, `1m`, `1h`, and with `days` `90d`, to whole milliseconds; null for what is no duration. */
export function millisecondsIn(text: unknown, { days = false }: { days?: boolean } = {}): number | null {
  if (typeof text !== 'string') return null;
  const [, amount, unit = ''] = (days ? FORM_WITH_DAYS : FORM).exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  return amount === undefined || unitMs === undefined ? null : Math.round(Number(amount) * unitMs);
}

/** The same in the largest unit that leaves no fraction. */
export function durationText(ms: number, { days = false }: { days?: boolean } = {}): string {
  for (const [unit, unitMs] of Object.entries(UNITS_MS))
    if ((days || unit !== 'd') && ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  return `${ms}ms`;
}
