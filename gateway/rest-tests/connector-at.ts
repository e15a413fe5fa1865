import { nearestName } from '../nearest-name';
import type { Connector, Connectors } from '../transport/rest/connector';

/** `Query.user`, `User`, `User[1]`: the place of a `@connect`, counted when there are several. */
const TARGET = /^([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?(?:\[(\d+)\])?$/;
const COORDINATE = /^[^:]*:(.+)@connect\[(\d+)\]$/;

interface Placed {
  /** `Query.user`, or `User`. */
  readonly place: string;
  readonly index: number;
  readonly connector: Connector;
}

/** A connector and where it stands. */
export interface FoundConnector {
  readonly connector: Connector;
  readonly type: string;
  /** Null for one that stands on a type. */
  readonly field: string | null;
}

/** @returns the connector at a place, or what is wrong with the place, in words */
export function connectorAt(connectors: Connectors, target: string): FoundConnector | string {
  const [, type, field, index] = TARGET.exec(target.trim()) ?? [];
  if (type === undefined)
    return `${JSON.stringify(target)} is no place of a @connect: write Type.field, Type or Type[1]`;
  const place = field === undefined ? type : `${type}.${field}`;
  const all = placed(connectors);
  const found = all.find((one) => one.place === place && one.index === Number(index ?? 0));
  if (found !== undefined) return { connector: found.connector, type, field: field ?? null };
  const known = [...new Set(all.map((one) => one.place))];
  if (known.includes(place)) return `${place} has no @connect of number ${index}: they count from 0`;
  const nearest = nearestName(place, known);
  const remedy = nearest === undefined ? `there are ${known.join(', ') || 'none'}` : `did you mean ${nearest}?`;
  return `there is no @connect at ${place}; ${remedy}`;
}

/** Every place of a `@connect`, as {@link connectorAt} takes it. */
export function everyPlace(connectors: Connectors): readonly string[] {
  return placed(connectors).map(({ place, index }) => (index === 0 ? place : `${place}[${index}]`));
}

/** One form for each place. */
export function placeOf(target: string): string {
  return target.trim().replace(/\[0\]$/, '');
}

function placed({ fields, others, entities }: Connectors): readonly Placed[] {
  const all = new Set([
    ...fields.values(),
    ...[...others.values()].flat(),
    ...[...entities.values()].flat().map(({ connector }) => connector),
  ]);
  return [...all].map((connector) => {
    const [, place = '', index = '0'] = COORDINATE.exec(connector.coordinate) ?? [];
    return { place, index: Number(index), connector };
  });
}
