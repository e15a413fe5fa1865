/**
 * Measures how near a zone is: the number of leading parts of `provider/region/zone` that it shares with one's own. All
 * of them is infinitely near.
 */
export function nearness(own: string, zone: string | null): number {
  if (zone === null) return 0;
  const [parts, others] = [own.split('/'), zone.split('/')];
  const shared = parts.findIndex((part, at) => part !== others[at]);
  return shared === -1 ? Number.POSITIVE_INFINITY : shared;
}

/** Splits by zone, nearest first; those without a zone are the farthest. One group when no zone is known or wanted. */
export function byNearness<M extends { readonly options: { readonly zone: string | null } }>(
  members: readonly M[],
  own: string | null,
): readonly (readonly M[])[] {
  if (own === null) return [members];
  const groups = new Map<number, M[]>();
  for (const member of members) {
    const near = nearness(own, member.options.zone);
    const group = groups.get(near);
    if (group === undefined) groups.set(near, [member]);
    else group.push(member);
  }
  return [...groups].sort(([a], [b]) => b - a).map(([, group]) => group);
}
