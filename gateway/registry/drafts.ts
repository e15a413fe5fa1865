import { z } from 'zod';
import { HeadgateError } from '../errors';
import type { Authorship } from './authorship';
import type { Declaration } from './declaration';
import { SideLog } from './side-log';
import { blobHash, type Storage } from './storage/storage';

/** A declaration of a subgraph that waits for somebody to make it current. */
export interface Draft {
  /** Whole number; of no other draft of this graph. */
  readonly number: number;
  readonly subgraph: string;
  /** Hash of the blob that holds its SDL. */
  readonly sdl: string;
  readonly instances: Declaration['instances'];
  /** The revision that was current when it was written; 0: none. */
  readonly base: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actor: string;
  readonly message: string | null;
  readonly vcs: Authorship['vcs'];
}

const DRAFTS_MAX = 100;

const nullableText = z.string().nullable();
const stateShape = z.strictObject({
  drafts: z.array(
    z.strictObject({
      number: z.int().positive(),
      subgraph: z.string(),
      sdl: z.string(),
      instances: z.array(z.strictObject({ url: z.string(), weight: z.number() })).nullable(),
      base: z.int().min(0),
      at: z.string(),
      actor: z.string(),
      message: nullableText,
      vcs: z.strictObject({ commit: nullableText, author: nullableText }),
    }),
  ),
});

/** The drafts of a graph: declarations that are kept and never become current by themselves. */
export class Drafts {
  readonly #storage: Storage;
  readonly #log: SideLog<Draft>;

  constructor(storage: Storage, graph: string) {
    this.#storage = storage;
    this.#log = new SideLog<Draft>({
      storage,
      name: `${graph}/drafts`,
      encode: (drafts) => JSON.stringify({ drafts }),
      decode,
    });
  }

  /** The oldest first. */
  async list(): Promise<readonly Draft[]> {
    return (await this.#log.list()).items;
  }

  /** @throws {HeadgateError} INVALID_ARGUMENT: there are too many; REGISTRY_BUSY, REGISTRY_WRITE_FAILED */
  async add({ name, sdl, instances }: Declaration, base: number, by: Authorship): Promise<Draft> {
    const { result } = await this.#log.change('publish', [name], by, (drafts, revision) => {
      if (drafts.length >= DRAFTS_MAX) throw tooMany(drafts);
      const at = new Date().toISOString();
      // Each change of the log has a number of its own.
      const draft: Draft = { number: revision + 1, subgraph: name, sdl: blobHash(sdl), instances, base, at, ...by };
      return { next: [...drafts, draft], result: draft, texts: [sdl] };
    });
    return result;
  }

  /** @throws {HeadgateError} NOT_FOUND */
  async declaration(number: number): Promise<Declaration> {
    const { subgraph, sdl, instances } = draftIn(await this.list(), number);
    return { name: subgraph, sdl: await this.#storage.blob(sdl), instances };
  }

  /** @throws {HeadgateError} NOT_FOUND, REGISTRY_BUSY, REGISTRY_WRITE_FAILED */
  async remove(number: number, by: Authorship): Promise<Draft> {
    const { result } = await this.#log.change('delete', [], by, (drafts) => {
      const draft = draftIn(drafts, number);
      return { next: drafts.filter((one) => one !== draft), result: draft };
    });
    return result;
  }
}

function draftIn(drafts: readonly Draft[], number: number): Draft {
  const found = drafts.find((draft) => draft.number === number);
  if (found !== undefined) return found;
  const known = drafts.map((draft) => draft.number).join(', ');
  throw new HeadgateError(
    'NOT_FOUND',
    `there is no draft ${number}; ${known === '' ? 'there are none' : `there are ${known}`}`,
  );
}

function tooMany([oldest]: readonly Draft[]): HeadgateError {
  const which =
    oldest === undefined ? '' : `; activate or discard some: the oldest is ${oldest.number} of ${oldest.subgraph}`;
  return new HeadgateError('INVALID_ARGUMENT', `${DRAFTS_MAX} drafts are kept${which}`);
}

function decode(text: string): readonly Draft[] {
  try {
    return stateShape.parse(JSON.parse(text)).drafts;
  } catch (cause) {
    throw new HeadgateError(
      'REGISTRY_CORRUPT',
      'the drafts are not in a form that this version of Headgate can read; were they written by a newer one?',
      { cause },
    );
  }
}
