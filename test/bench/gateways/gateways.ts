import type { Gateway } from './gateway';
import { headgate, headgateRate, headgateRateJwt, headgateToken } from './headgate';
import { hiveJs, hiveRust, hiveRustDedupe } from './hive';
import { hiveRouter } from './hive-router';
import { mercurius } from './mercurius';
import { stock } from './stock';

/** Every gateway that a run can measure, in the order of the table. */
export const GATEWAYS: readonly Gateway[] = [
  headgate,
  headgateToken,
  headgateRate,
  headgateRateJwt,
  stock,
  mercurius,
  hiveJs,
  hiveRust,
  hiveRustDedupe,
  hiveRouter,
];

/** What is measured when nothing is chosen: everyone with their defaults. */
export const DEFAULT_GATEWAYS: readonly string[] = ['headgate', 'stock', 'mercurius', 'hive-js', 'hive-rust'];
