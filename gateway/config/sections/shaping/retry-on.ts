import { z } from 'zod';

/** Reasons and HTTP statuses for which a call is tried again. */
export interface RetryOn {
  readonly connect: boolean;
  readonly timeout: boolean;
  readonly statuses: readonly number[];
}

const STATUS = /^(\d{3})(?:-(\d{3}))?$/;

/** `[connect, timeout, "502-504", 503]`. */
export function retryOn() {
  const item = z.union([z.string(), z.int()], { error: (issue) => wrong(issue.input) });
  return z.codec(z.array(item).max(50), z.custom<RetryOn>(), {
    decode: (items, context) => {
      const statuses = new Set<number>();
      for (const [index, given] of items.entries()) {
        if (given === 'connect' || given === 'timeout') continue;
        const range = statusRange(String(given));
        if (range === null) context.issues.push({ code: 'custom', path: [index], message: wrong(given), input: given });
        else for (let status = range.first; status <= range.last; status++) statuses.add(status);
      }
      return { connect: items.includes('connect'), timeout: items.includes('timeout'), statuses: [...statuses] };
    },
    encode: ({ connect, timeout, statuses }) => [
      ...(connect ? ['connect'] : []),
      ...(timeout ? ['timeout'] : []),
      ...statuses.map(String),
    ],
  });
}

/** Only server errors: repeating what the client got wrong cannot help. 429 is the exception: another instance may have room. */
function statusRange(text: string): { first: number; last: number } | null {
  const [, from, to = from] = STATUS.exec(text) ?? [];
  const first = Number(from);
  const last = Number(to);
  const retryable = first === 429 ? last === 429 : first >= 500 && last <= 599;
  return retryable && first <= last ? { first, last } : null;
}

function wrong(input: unknown): string {
  return `expected connect, timeout, 429, a status from 500 to 599 or a range such as "502-504", found ${JSON.stringify(input)}`;
}
