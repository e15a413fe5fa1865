import type { Composer } from './composer';
import { refusal } from './problems';
import { compositionThread } from './thread/composition-thread';

/** `@apollo/composition`, in the thread of this process that composes and reads. */
export const apolloComposer: Composer = {
  async compose(subgraphs, signal) {
    const plain = subgraphs.map(({ name, url, sdl }) => ({ name, url, sdl }));
    const answer = await compositionThread.run({ kind: 'compose', subgraphs: plain }, signal);
    if (answer.kind === 'composed') return { sdl: answer.sdl, hints: answer.hints };
    throw refusal('COMPOSITION_FAILED', 'the subgraphs do not compose', answer);
  },
};
