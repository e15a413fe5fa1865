import { z } from 'zod';
import { duration } from '../../duration';
import { percentage } from '../../percentage';
import { complete, near } from './layers';

const keys = {
  consecutive_errors: z.int().min(1).max(1000).describe('Failures in a row that eject an instance.'),
  error_rate: percentage(),
  base_ejection_time: duration().describe('Length of the first ejection; later ones are longer.'),
  max_ejection_percent: percentage().describe('Share of a pool that may be out at once.'),
};

const switchable = { error: 'expected the keys of outlier detection, or false for none' };
const defaults = {
  consecutive_errors: 5,
  error_rate: '50%',
  base_ejection_time: '10s',
  max_ejection_percent: '50%',
} as const;

export const outlierDetection = {
  near: z.union([z.literal(false), z.strictObject(near(keys))], switchable).exactOptional(),
  complete: z.union([z.literal(false), z.strictObject(complete(keys, defaults))], switchable).prefault({}),
};
