/** The ordinary client of the hostile battery: a process of its own, so that what keeps the attacker busy is not put on the gateway's account. */
import { type Observation, Watch, type WatchOptions } from '../fixtures/hostile/attack';
import { answerParent } from './helper-process';

export type WatchCommands = {
  start(options: WatchOptions): void;
  /** What was seen since the command before. */
  take(argument: null): Observation;
  stop(argument: null): Promise<Observation>;
};

let watch: Watch | undefined;

function running(): Watch {
  if (watch === undefined) throw new Error('the watch was not started');
  return watch;
}

answerParent({
  start(options: WatchOptions) {
    watch = new Watch(options);
  },
  take: () => running().take(),
  stop: () => running().stop(),
} satisfies WatchCommands);
