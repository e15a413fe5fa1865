import type { Cancellation } from '../cancellation';
import { scanJson } from '../json/scan';
import type { Soon } from '../layers';
import { OWN_TURN_BYTES, ownTurn } from '../own-turns';
import type { PoolAnswer } from '../pool/pool';
import type { FetchContent } from './fetch-answer';
import type { SubgraphOptions } from './options';
import { parseAnswer, type ScannedAnswer, textOf } from './parse-answer';
import { RememberedAnswers } from './remembered-answers';

/** Reads what came over the wire. @param asked the key of the request @throws {HeadgateError} as {@link parseAnswer}, and the reason of the cancellation */
type ReadAnswer = (asked: string, wire: PoolAnswer, cancellation: Cancellation) => Soon<FetchContent>;

/** Reads the answers of one subgraph: what is the same as last time at once, what is large in turns of the loop. */
export function answerReader({ name, responseDepthMax }: SubgraphOptions): ReadAnswer {
  const remembered = new RememberedAnswers();

  function parsed(asked: string, { status, body }: PoolAnswer, scanned?: ScannedAnswer): FetchContent {
    return remembered.parsed(asked, status, body, () => parseAnswer(name, status, body, responseDepthMax, scanned));
  }

  /** Has a turn of the loop for each third of the work, and one for what is made of it. */
  async function parsedInTurns(asked: string, wire: PoolAnswer, cancellation: Cancellation): Promise<FetchContent> {
    const turn = async () => {
      await ownTurn();
      if (cancellation.reason !== null) throw cancellation.reason;
    };
    await turn();
    const text = textOf(wire.body);
    await turn();
    const scan = scanJson(text, responseDepthMax);
    await turn();
    const content = parsed(asked, wire, { text, scan });
    await ownTurn();
    return content;
  }

  return (asked, wire, cancellation) => {
    if (wire.body.length < OWN_TURN_BYTES) return parsed(asked, wire);
    return remembered.find(asked, wire.status, wire.body) ?? parsedInTurns(asked, wire, cancellation);
  };
}
