/**
 * The choices of an `accept` or `accept-encoding` header with their quality values, lower-case (RFC 9110 section 12.4.2).
 * @returns values in [0, 1]; a choice without one has 1, a malformed one 0
 */
export function qualityValues(header: string | undefined): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const choice of (header ?? '').split(',')) {
    const [name = '', ...parameters] = choice.split(';').map((part) => part.trim().toLowerCase());
    if (name !== '') values.set(name, qualityOf(parameters));
  }
  return values;
}

function qualityOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  if (weight === undefined) return 1;
  const value = Number(weight.slice(2));
  return value >= 0 && value <= 1 ? value : 0;
}
