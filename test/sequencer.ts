import Sequencer from '@jest/test-sequencer';
import { LONGEST } from './longest';

type Tests = Parameters<Sequencer['sort']>[0];

const PLACES = new Map(LONGEST.map((name, place) => [`/test/${name}.test.js`, place]));

/** The longest files in their order, then the others in jest's. */
export default class LongestFirst extends Sequencer {
  override async sort(tests: Tests): Promise<Tests> {
    const placed = (await super.sort(tests)).map((test) => ({ test, place: placeOf(test.path) }));
    // Sorting keeps the order of what has the same place.
    return placed.sort((one, other) => one.place - other.place).map(({ test }) => test);
  }
}

function placeOf(path: string): number {
  return PLACES.get(path.slice(path.lastIndexOf('/test/'))) ?? LONGEST.length;
}
