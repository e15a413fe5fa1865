import { HeadgateError, isHeadgateError } from '../errors';

/**
 * The error that leaves this room for a failed call: the pool's code, and details that a client may see. Instances and
 * URLs stay in the cause.
 */
export function subgraphError(service: string, error: unknown): HeadgateError {
  if (!isHeadgateError(error)) {
    return new HeadgateError('INTERNAL', `the call to ${service} failed`, { details: { service }, cause: error });
  }
  const status = error.details?.status;
  const details = typeof status === 'number' ? { service, status } : { service };
  return new HeadgateError(error.code, error.message, { details, cause: error });
}
