import { z } from 'zod';

const DAY_MS = 24 * 3_600_000;
const UNITS_MS = { d: DAY_MS, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const FORM_WITH_DAYS = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** `250ms`, `1.5s`, `1m` or `1h` to whole milliseconds, from `minMs` to a day; `90d` too where `maxMs` is more than a day. */
export function duration({ minMs = 1, maxMs = DAY_MS }: { minMs?: number; maxMs?: number } = {}) {
  const days = maxMs > DAY_MS;
  const form = days ? FORM_WITH_DAYS : FORM;
  const text = z.string({ error: (issue) => wrong(issue.input, days) }).meta({ pattern: form.source });
  return z.codec(text, z.number(), {
    decode: (value, context) => {
      const ms = parse(value, form);
      if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
      const range = `${write(minMs, days)} to ${write(maxMs, days)}`;
      const message = ms === null ? wrong(value, days) : `${value} is out of range: ${range}`;
      context.issues.push({ code: 'custom', message, input: value });
      return z.NEVER;
    },
    encode: (ms) => write(ms, days),
  });
}

function parse(text: string, form: RegExp): number | null {
  const [, amount, unit] = form.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  // The form lets only these units through.
  return Math.round(Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS]);
}

function write(ms: number, days: boolean): string {
  for (const [unit, unitMs] of Object.entries(UNITS_MS))
    if ((days || unit !== 'd') && ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  return `${ms}ms`;
}

function wrong(input: unknown, days: boolean): string {
  const hint =
    typeof input === 'number'
      ? `; add a unit, e.g. ${days ? `${input}d or ${input}h` : `${input}s or ${input}ms`}`
      : '';
  return `expected a duration such as ${days ? '12h or 90d' : '250ms, 5s, 1m or 1h'}, found ${JSON.stringify(input)}${hint}`;
}
