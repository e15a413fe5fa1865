import type { InstanceView } from './pool';

type Seen = Pick<InstanceView, 'id' | 'url'> & { readonly state: string };

/** Who is asked, or would be as soon as somebody is needed. */
const USABLE: ReadonlySet<string> = new Set(['healthy', 'degraded', 'probation', 'joining']);

/**
 * Whether nobody is left to be asked when an instance is drained. Pure.
 * @param instance id or URL
 */
export function isLast(instances: readonly Seen[], instance: string): boolean {
  const isMeant = ({ id, url }: Seen) => id === instance || url === instance;
  const meant = instances.filter(isMeant);
  if (!meant.some(({ state }) => USABLE.has(state))) return false;
  return !instances.some((one) => !isMeant(one) && USABLE.has(one.state));
}

/** Says what draining the last instance means. */
export function lastInstanceText(
  pool: string,
  instance: string,
  others: readonly Pick<Seen, 'id' | 'state'>[],
): string {
  const rest = others.filter(({ id }) => id !== instance).map(({ id, state }) => `${id} is ${state}`);
  const why = rest.length === 0 ? 'it has no other' : rest.slice(0, 5).join(', ');
  return `${instance} is the last instance of ${pool} that may be asked (${why}): its queries fail while it is drained`;
}
