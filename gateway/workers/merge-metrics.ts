import type { Answer } from '../http/route';
import type { WorkerAnswer } from './messages';

interface Family {
  /** `# HELP` and `# TYPE`. */
  readonly head: string[];
  readonly samples: string[];
}

const SAMPLE = /^([A-Za-z_:][A-Za-z0-9_:]*)(?:\{(.*)\})? (.+)$/;

/** Every sample of every worker, told apart by the label `worker`; Prometheus adds up what it is asked to. */
export function mergeMetrics(answers: readonly WorkerAnswer[]): Answer {
  const families = new Map<string, Family>();
  for (const { worker, answer } of answers) collect(families, worker, answer.body?.toString() ?? '');
  const body = [...families.values()].map(({ head, samples }) => [...head, ...samples, ''].join('\n')).join('\n');
  return { status: 200, headers: answers[0]?.answer.headers ?? {}, body };
}

/** The format wants all samples of a family in one block behind its head. */
function collect(families: Map<string, Family>, worker: number, text: string): void {
  let family: Family = { head: [], samples: [] };
  for (const line of text.split('\n')) {
    const name = /^# (?:HELP|TYPE) (\S+)/.exec(line)?.[1];
    if (name !== undefined) {
      family = families.get(name) ?? { head: [], samples: [] };
      families.set(name, family);
      if (!family.head.includes(line)) family.head.push(line);
    } else if (line !== '' && !line.startsWith('#')) {
      family.samples.push(labelled(line, worker));
    }
  }
}

function labelled(sample: string, worker: number): string {
  const [, name, labels = '', value] = SAMPLE.exec(sample) ?? [];
  if (name === undefined) throw new Error(`not a sample of Prometheus' text format: ${sample}`);
  return `${name}{worker="${worker}"${labels === '' ? '' : `,${labels}`}} ${value}`;
}
