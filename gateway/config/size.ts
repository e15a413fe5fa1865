import { z } from 'zod';

/** As disks and networks count: 1 MB is 1,000,000 bytes; MiB is there for powers of two. */
const UNITS_BYTES = {
  GiB: 1_073_741_824,
  GB: 1_000_000_000,
  MiB: 1_048_576,
  MB: 1_000_000,
  KiB: 1024,
  KB: 1000,
  B: 1,
} as const;
const FORM = /^(\d+(?:\.\d+)?) ?(GiB|GB|MiB|MB|KiB|KB|B)$/;
/** A body is held in one string, and V8's strings end near half a GiB. */
const LARGEST_BYTES = 512_000_000;

/** `1MB`, `512KB`, `64KiB` or `100B` to bytes, from 1 to 512 MB. */
export function size() {
  const text = z.string({ error: (issue) => wrong(issue.input) }).meta({ pattern: FORM.source });
  return z.codec(text, z.number(), {
    decode: (value, context) => {
      const bytes = parse(value);
      if (bytes !== null && bytes >= 1 && bytes <= LARGEST_BYTES) return bytes;
      const message = bytes === null ? wrong(value) : `${value} is out of range: 1B to ${write(LARGEST_BYTES)}`;
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
  return Math.floor(Number(amount) * UNITS_BYTES[unit as keyof typeof UNITS_BYTES]);
}

function write(bytes: number): string {
  for (const [unit, unitBytes] of Object.entries(UNITS_BYTES)) {
    if (bytes >= unitBytes && bytes % unitBytes === 0) return `${bytes / unitBytes}${unit}`;
  }
  return `${bytes}B`;
}

function wrong(input: unknown): string {
  const hint = typeof input === 'number' ? `; add a unit, e.g. ${input}B` : '';
  return `expected a size such as 1MB, 512KB or 64KiB, found ${JSON.stringify(input)}${hint}`;
}
