import type { Layer, Step } from '../../layers';
import type { Asked } from '../../operations/asked';
import type { Answer, RouteRequest } from '../route';
import type { AnswerType } from './answer-type';

/** A GraphQL request over HTTP while it is answered: layers in front find out what those behind them need. */
export interface Asking {
  readonly request: RouteRequest;
  /** Of the answer, success or failure. */
  type: AnswerType;
  /** Body of a POST; null: the parameters are in the query string. */
  text: string | null;
  /** Null before it is read. */
  asked: Asked | null;
  /** `extensions.code` of each error of the answer. */
  errorCodes: readonly unknown[];
  /** What is to be done once it is answered, the last first: cheaper than a layer that waits for the answer, and it takes each end. */
  readonly atEnd: ((status: number) => void)[];
}

export type AskingStep = Step<Asking, Answer, undefined>;
export type AskingLayer = Layer<Asking, Answer, undefined>;

const NO_CODES: Asking['errorCodes'] = [];
const DEFAULT_TYPE: AnswerType = { mediaType: 'application/json', legacy: false };

/** Begins to answer a request, on the way that `step` is. */
export function asking(step: AskingStep) {
  return (request: RouteRequest) =>
    step({ request, type: DEFAULT_TYPE, text: null, asked: null, errorCodes: NO_CODES, atEnd: [] }, undefined);
}
