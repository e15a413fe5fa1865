import { parentPort } from 'node:worker_threads';
import { runCompareJob } from '../compare/compare-job';
import { lintSdl } from '../lint/lint';
import { runComposeJob } from './compose-job';
import type { Job, JobAnswer } from './jobs';
import { runReadJob } from './read-job';

/** The file that the thread runs: answers each job with one message. */
function answer(job: Job): JobAnswer {
  try {
    if (job.kind === 'introspect' || job.kind === 'validate') throw new Error('introspection has a thread of its own');
    if (job.kind === 'compare') return runCompareJob(job);
    if (job.kind === 'lint')
      return { kind: 'linted', findings: lintSdl(job.subgraph, job.before, job.sdl, job.levels) };
    return job.kind === 'compose' ? runComposeJob(job) : runReadJob(job);
  } catch (error) {
    const known = error instanceof Error ? error : new Error(String(error));
    return { kind: 'crashed', message: known.message, stack: known.stack ?? known.message };
  }
}

parentPort?.on('message', (job: Job) => parentPort?.postMessage(answer(job)));
