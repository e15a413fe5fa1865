/** What the thread of {@link SdlThread} runs. */
import { parentPort } from 'node:worker_threads';
import { readSdlAnswer } from './sdl-answer';
import { sdlHash } from './sdl-hash';
import type { SdlQuestion } from './sdl-thread';

parentPort?.on('message', (question: SdlQuestion) => {
  parentPort?.postMessage('sdl' in question ? sdlHash(question.sdl) : readSdlAnswer(question.body));
});
