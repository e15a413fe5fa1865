import { request } from 'undici';
import { HeadgateError } from '../../errors';
import type { ServicePlace } from './example-services';
import { type ServiceProcess, startService } from './service-process';

export interface RunningService extends ServicePlace, ServiceProcess {}

const START_MS = 60_000;
const STOP_MS = 5_000;

/**
 * Starts all processes of the example at once and waits until each answers as a healthy one does.
 * @throws {HeadgateError} SUBGRAPH_UNREACHABLE: one of them does not; the others are stopped again
 */
export async function startServices(places: readonly ServicePlace[]): Promise<readonly RunningService[]> {
  const outcomes = await Promise.allSettled(places.map(startOne));
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure === undefined) return running;
  await stopServices(running);
  throw failure.reason;
}

export async function stopServices(services: readonly ServiceProcess[]): Promise<void> {
  await Promise.all(services.map((service) => service.stop(STOP_MS)));
}

async function startOne(place: ServicePlace): Promise<RunningService> {
  const started = await startService({ ...place, deadlineMs: START_MS });
  try {
    await checkHealth(place, started.url);
    return { ...place, ...started };
  } catch (error) {
    await started.stop(STOP_MS);
    throw error;
  }
}

async function checkHealth({ kind, instance }: ServicePlace, url: string): Promise<void> {
  const signal = AbortSignal.timeout(START_MS);
  const { statusCode, body } =
    kind === 'rest'
      ? await request(new URL('/health', url), { signal })
      : await request(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{__typename}"}',
          signal,
        });
  await body.dump();
  if (statusCode === 200) return;
  throw new HeadgateError('SUBGRAPH_UNREACHABLE', `${instance} listens on ${url} but answers HTTP ${statusCode}`);
}
