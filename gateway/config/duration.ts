import { z } from 'zod';

const UNITS_MS = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const LONGEST_MS = 24 * UNITS_MS.h;
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** `250ms`, `1.5s`, `1m` or `1h` to whole milliseconds, from `minMs` to a day. */
export function duration({ minMs = 1 }: { minMs?: number } = {}) {
  const text = z.string({ error: (issue) => wrong(issue.input) }).meta({ pattern: FORM.source });
  return z.codec(text, z.number(), {
    decode: (value, context) => {
      const ms = parse(value);
      if (ms !== null && ms >= minMs && ms <= LONGEST_MS) return ms;
      const message = ms === null ? wrong(value) : `${value} is out of range: ${write(minMs)} to ${write(LONGEST_MS)}`;
      context.issues.push({ code: 'custom', message, input: value });
      return z.NEVER;
    },
    encode: write,
  });
}

function parse(text: string): number | null {
  const [, amount, unit] = FORM.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return null;
  // FORM lets only these units through.
  return Math.round(Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS]);
}

function write(ms: number): string {
  for (const [unit, unitMs] of Object.entries(UNITS_MS))
    if (ms >= unitMs && ms % unitMs === 0) return `${ms / unitMs}${unit}`;
  return `${ms}ms`;
}

function wrong(input: unknown): string {
  const hint = typeof input === 'number' ? `; add a unit, e.g. ${input}s or ${input}ms` : '';
  return `expected a duration such as 250ms, 5s, 1m or 1h, found ${JSON.stringify(input)}${hint}`;
}
