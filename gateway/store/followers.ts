import { announce } from '../events';

type Listener = (message: Buffer) => void;
interface Follower {
  readonly topic: string;
  readonly listener: Listener;
}

/** Who follows which topic in this process. */
export class Followers {
  readonly #followers = new Set<Follower>();

  follow(topic: string, listener: Listener): () => void {
    const follower = { topic, listener };
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** One that throws keeps nobody else from the message. */
  tell(topic: string, message: Buffer): void {
    for (const follower of this.#followers) {
      if (follower.topic !== topic) continue;
      try {
        follower.listener(message);
      } catch (error) {
        announce('internal.error', { where: `a follower of ${topic}`, error });
      }
    }
  }

  clear(): void {
    this.#followers.clear();
  }
}
