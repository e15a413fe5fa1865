import { HeadgateError } from '../errors';

/** Author of a change, and the reason; kept with the revision. */
export interface Authorship {
  readonly actor: string;
  readonly message: string | null;
  readonly vcs: { readonly commit: string | null; readonly author: string | null };
}

const MESSAGE_LENGTH_MAX = 2_000;
const NAME_LENGTH_MAX = 200;

/** @throws {HeadgateError} INVALID_ARGUMENT */
export function checkAuthorship({ actor, message, vcs }: Authorship): void {
  checkLength('message', message, MESSAGE_LENGTH_MAX);
  checkLength('actor', actor, NAME_LENGTH_MAX);
  checkLength('VCS commit', vcs.commit, NAME_LENGTH_MAX);
  checkLength('VCS author', vcs.author, NAME_LENGTH_MAX);
}

function checkLength(what: string, text: string | null, max: number): void {
  if (text === null || text.length <= max) return;
  throw new HeadgateError('INVALID_ARGUMENT', `the ${what} has ${text.length} characters; at most ${max} are taken`);
}
