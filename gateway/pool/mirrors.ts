import type { Dispatcher } from 'undici';
import { announce } from '../events';
import { hasTags } from '../tags';
import type { Instance } from './instance';
import { MirrorAttempt } from './mirror-attempt';
import type { MirrorRequest } from './pool';

/** Copies under way at once in a pool; further ones are dropped. */
export const MIRRORS_MAX = 32;
/** Bytes of the bodies of all of them. */
const BODY_BYTES_MAX = 16_000_000;
/** Tells a service that nobody gets the answer. */
const MIRROR_HEADER = { 'x-headgate-mirror': 'true' };

interface MirrorParts {
  readonly name: string;
  readonly random: () => number;
  readonly instances: () => Iterable<Instance>;
  /** Connections of an instance that no other request waits for. */
  readonly connectionsOf: (instance: Instance) => Dispatcher;
}

/**
 * Copies of requests, for instances that are to see the traffic of others. They have connections and a bound of their own and are
 * judged by nobody: neither health nor weights nor limits of an instance know of them.
 */
export class Mirrors {
  readonly #parts: MirrorParts;
  readonly #underWay = new Set<MirrorAttempt>();
  #bytes = 0;
  #closed = false;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
  }

  send(request: MirrorRequest): void {
    const { name: pool } = this.#parts;
    const bytes = request.body === null ? 0 : Buffer.byteLength(request.body);
    if (this.#closed || this.#underWay.size >= MIRRORS_MAX || this.#bytes + bytes > BODY_BYTES_MAX) {
      announce('mirror.finished', { pool, instance: null, outcome: 'dropped', durationMs: 0 });
      return;
    }
    const instance = this.#choose(request);
    if (instance === null) {
      announce('mirror.finished', { pool, instance: null, outcome: 'nobody', durationMs: 0 });
      return;
    }
    const startedMs = performance.now();
    const attempt = new MirrorAttempt(request, (outcome) => {
      this.#underWay.delete(attempt);
      this.#bytes -= bytes;
      announce('mirror.finished', { pool, instance: instance.id, outcome, durationMs: performance.now() - startedMs });
    });
    this.#underWay.add(attempt);
    this.#bytes += bytes;
    attempt.start(this.#parts.connectionsOf(instance), {
      method: request.method,
      path: instance.pathFor(request.path),
      headers: { ...request.headers, ...instance.ownHeaders, ...MIRROR_HEADER },
      body: request.body,
    });
  }

  close(): void {
    this.#closed = true;
    for (const attempt of [...this.#underWay]) attempt.stop('failed');
  }

  /** By chance, of those that are well: a turn would be one less for others. */
  #choose({ tags }: MirrorRequest): Instance | null {
    const fit = [...this.#parts.instances()].filter(
      ({ shown, options }) =>
        (shown.standing === 'well' || shown.standing === 'degraded') && hasTags(options.tags, tags),
    );
    return fit[Math.floor(this.#parts.random() * fit.length)] ?? null;
  }
}
