import type { Children } from '../../children';
import { BAD_ANSWERS } from './bad-answers';
import { costRows } from './cost';
import { discoveryRows } from './discovery';
import { HERD } from './herd';
import { LOAD } from './load';
import { LOST_INSTANCES } from './lost-instances';
import { RESTARTS } from './restarts';
import type { Row } from './row';
import { VIRTUAL } from './virtual';

/** The whole table, in its order. @param folder for files of the run */
export function allRows(children: Children, folder: string): readonly Row[] {
  const rows = [
    ...VIRTUAL,
    HERD,
    ...LOST_INSTANCES,
    ...BAD_ANSWERS,
    ...RESTARTS,
    ...LOAD,
    ...costRows(children),
    ...discoveryRows({ children, folder }),
  ];
  return rows.sort((a, b) => a.id.localeCompare(b.id));
}
