import { z } from 'zod';

const FORM = /^(\d+(?:\.\d+)?)%$/;

/** `50%` to a share in [0, 1]. */
export function percentage() {
  const text = z.string({ error: (issue) => wrong(issue.input) }).meta({ pattern: FORM.source });
  return z.codec(text, z.number(), {
    decode: (value, context) => {
      const percent = Number(FORM.exec(value)?.[1] ?? Number.NaN);
      if (percent <= 100) return percent / 100;
      context.issues.push({ code: 'custom', message: wrong(value), input: value });
      return z.NEVER;
    },
    encode: (share) => `${Number((share * 100).toPrecision(12))}%`,
  });
}

function wrong(input: unknown): string {
  return `expected a percentage from 0% to 100%, found ${JSON.stringify(input)}`;
}
