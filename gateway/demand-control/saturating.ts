/** Costs stop here: whatever is larger is as expensive as can be, and nothing ever wraps around or becomes infinite. */
export const COST_MAX = Number.MAX_SAFE_INTEGER;

export function plus(a: number, b: number): number {
  return Math.min(COST_MAX, a + b);
}

export function times(a: number, b: number): number {
  return Math.min(COST_MAX, a * b);
}

/** A size that somebody asks for: a whole number from 0. Null for what is none. */
export function sizeIn(value: unknown): number | null {
  if (Array.isArray(value)) return value.length;
  if (value === null || value === undefined || typeof value === 'boolean' || value === '') return null;
  // Numbers that a double cannot hold are objects, those of custom scalars often texts. "The last 5" is five of them.
  const size = Math.ceil(Math.abs(Number(value)));
  return Number.isNaN(size) ? null : Math.min(COST_MAX, size);
}
