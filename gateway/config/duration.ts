import { z } from 'zod';
import { DURATION_SOURCE, DURATION_WITH_DAYS_SOURCE, durationText, millisecondsIn } from '../duration';

const DAY_MS = 24 * 3_600_000;

/** `250ms`, `1.5s`, `1m` or `1h` to whole milliseconds, from `minMs` to a day; `90d` too where `maxMs` is more than a day. */
export function duration({ minMs = 1, maxMs = DAY_MS }: { minMs?: number; maxMs?: number } = {}) {
  const days = maxMs > DAY_MS;
  const source = days ? DURATION_WITH_DAYS_SOURCE : DURATION_SOURCE;
  const text = z.string({ error: (issue) => wrong(issue.input, days) }).meta({ pattern: `^${source}$` });
  return z.codec(text, z.number(), {
    decode: (value, context) => {
      const ms = millisecondsIn(value, { days });
      if (ms !== null && ms >= minMs && ms <= maxMs) return ms;
      const range = `${durationText(minMs, { days })} to ${durationText(maxMs, { days })}`;
      const message = ms === null ? wrong(value, days) : `${value} is out of range: ${range}`;
      context.issues.push({ code: 'custom', message, input: value });
      return z.NEVER;
    },
    encode: (ms) => durationText(ms, { days }),
  });
}

function wrong(input: unknown, days: boolean): string {
  const hint =
    typeof input === 'number'
      ? `; add a unit, e.g. ${days ? `${input}d or ${input}h` : `${input}s or ${input}ms`}`
      : '';
  return `expected a duration such as ${days ? '12h or 90d' : '250ms, 5s, 1m or 1h'}, found ${JSON.stringify(input)}${hint}`;
}
