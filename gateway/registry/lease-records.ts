import { z } from 'zod';
import type { LeaseRequest } from './lease-request';

/** A lease for a process after this one; its time starts anew there. */
export interface LeaseRecord extends LeaseRequest {
  readonly pool: string;
  readonly id: string;
}

const shape = z.array(
  z.object({
    pool: z.string(),
    id: z.string(),
    url: z.url({ protocol: /^https?$/ }),
    weight: z.number().positive(),
    zone: z.string().nullable(),
    tags: z.record(z.string(), z.string()).exactOptional(),
    ttlMs: z.number().positive(),
  }),
);

/** Leases as a file has them; none when they are not what this version writes. */
export function readLeaseRecords(value: unknown): readonly LeaseRecord[] {
  const result = shape.safeParse(value);
  return result.success ? result.data : [];
}
