import type { Entry } from './entry';
import { OPERATION } from './operation';
import { REQUEST } from './request';

/** What rules about the instances of fetches may read: all that is known in front of the flight. */
export const ROUTING_VOCABULARY: Readonly<Record<string, Entry>> = { request: REQUEST, operation: OPERATION };
