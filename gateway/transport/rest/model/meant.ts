import { nearestName } from '../../../nearest-name';

/** `: did you mean \`name\`?` where one of the candidates is near; empty otherwise. */
export function meant(given: string, candidates: Iterable<string>): string {
  const name = nearestName(given, candidates);
  return name === undefined ? '' : `: did you mean \`${name}\`?`;
}
