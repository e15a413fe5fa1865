import type { AddressOptions } from '../addresses';
import { HeadgateError } from '../errors';
import { isTagName, isTagValue, TAG_NAME_FORM, TAG_VALUE_FORM, TAGS_MAX, type Tags } from '../tags';
import { checkUrl, checkWeight } from './declaration';

/** Registration of an instance, as it says itself. */
export interface LeaseRequest {
  readonly url: string;
  readonly weight: number;
  readonly zone: string | null;
  /** Absent: none. */
  readonly tags?: Tags;
  /** How long it is believed to live after each heartbeat. */
  readonly ttlMs: number;
}

const LEASE_TTL_MS = 30_000;
const TTL_MS_MIN = 1000;
const TTL_MS_MAX = 3_600_000;
const ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;
const ZONE_LENGTH_MAX = 200;

/**
 * @param before the lease as it is; null or undefined for a new one
 * @throws {HeadgateError} INVALID_ARGUMENT naming what is wrong and what would be right
 */
export function checkLease(
  id: string,
  given: Partial<LeaseRequest>,
  before: LeaseRequest | undefined,
  addresses: AddressOptions,
): LeaseRequest {
  if (!ID.test(id)) {
    const form = 'a letter or digit, then at most 127 letters, digits and ._:-';
    throw invalid(`${JSON.stringify(id.slice(0, 100))} is no id of an instance: ${form}`);
  }
  const url = given.url ?? before?.url;
  if (url === undefined) throw invalid(`instance ${id} is not registered; send its url`);
  const weight = given.weight ?? before?.weight ?? 1;
  const zone = given.zone === undefined ? (before?.zone ?? null) : given.zone;
  const ttlMs = given.ttlMs ?? before?.ttlMs ?? LEASE_TTL_MS;
  if (url !== before?.url) checkUrl(url, addresses);
  checkWeight(url, weight);
  if (zone !== null && (zone === '' || zone.length > ZONE_LENGTH_MAX)) {
    throw invalid(`the zone has ${zone.length} characters; give 1 to ${ZONE_LENGTH_MAX}, or none`);
  }
  if (!(ttlMs >= TTL_MS_MIN && ttlMs <= TTL_MS_MAX)) throw invalid('ttl is out of range: give 1s to 1h');
  const tags = given.tags ?? before?.tags;
  if (tags !== undefined) checkTags(tags);
  return { url, weight, zone, ttlMs, ...(tags !== undefined && { tags }) };
}

function checkTags(tags: Tags): void {
  const all = Object.entries(tags);
  if (all.length > TAGS_MAX) throw invalid(`${all.length} tags are given; at most ${TAGS_MAX} are taken`);
  for (const [name, value] of all) {
    if (!isTagName(name)) throw invalid(`${JSON.stringify(name.slice(0, 100))} is no name of a tag: ${TAG_NAME_FORM}`);
    if (!isTagValue(value))
      throw invalid(`the tag ${name} is ${JSON.stringify(value.slice(0, 100))}: ${TAG_VALUE_FORM}`);
  }
}

function invalid(message: string): HeadgateError {
  return new HeadgateError('INVALID_ARGUMENT', message);
}
