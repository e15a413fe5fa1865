import { z } from 'zod';

const DEPTH_MAX = 20;

/** Values of any shape that JSON has, under names of the adapter's choice. */
export const sourceConfig = z
  .record(z.string().min(1).max(200), z.unknown())
  .superRefine((values, context) => {
    const path = strayPath(values, []);
    if (path !== null) context.addIssue({ code: 'custom', path, message: 'expected a value that JSON has' });
  })
  .exactOptional()
  .describe(
    `What mappings read as $config when they ask this source; \${env.NAME} and \${file.path} are sent and never shown.`,
  );

/** Where something stands that no JSON has, or that nests too deeply; null when nothing does. */
function strayPath(value: unknown, path: readonly (string | number)[]): (string | number)[] | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : [...path];
  if (typeof value !== 'object' || path.length > DEPTH_MAX) return [...path];
  for (const [key, below] of Object.entries(value)) {
    const stray = strayPath(below, [...path, Array.isArray(value) ? Number(key) : key]);
    if (stray !== null) return stray;
  }
  return null;
}
