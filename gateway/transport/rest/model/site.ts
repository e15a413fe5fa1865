import type { ASTNode, StringValueNode } from 'graphql';
import { MappingSyntaxError } from '../mapping/cursor';
import { type Mapping, readMapping } from '../mapping/mapping';
import type { Arguments } from './arguments';
import { positionInString, positionOf } from './position';
import type { ConnectProblemCode, Problems } from './problems';

/** The place that is being read: where problems are reported to and under which name. */
export class Site {
  readonly problems: Problems;
  readonly coordinate: string;

  constructor(problems: Problems, coordinate: string) {
    this.problems = problems;
    this.coordinate = coordinate;
  }

  refuse(code: ConnectProblemCode, message: string, node: ASTNode): void {
    this.problems.add(code, message, this.coordinate, positionOf(node));
  }

  refuseInside(code: ConnectProblemCode, message: string, node: StringValueNode, offset: number): void {
    this.problems.add(code, message, this.coordinate, positionInString(node, offset));
  }

  /** Runs a reader of mapping texts or templates; what it refuses becomes a problem and null. */
  read<Result>(
    node: StringValueNode | null,
    code: ConnectProblemCode,
    reader: (text: string) => Result,
  ): Result | null {
    if (node === null) return null;
    try {
      return reader(node.value);
    } catch (error) {
      if (!(error instanceof MappingSyntaxError)) throw error;
      this.refuseInside(code, error.message, node, error.offset);
      return null;
    }
  }

  mapping(args: Arguments | null, name: string, missing: 'omit' | 'null' = 'omit'): LocatedMapping | null {
    const node = args?.string(name) ?? null;
    const mapping = this.read(node, 'MAPPING_SYNTAX', (text) => readMapping(text, { missing }));
    return node === null || mapping === null ? null : { mapping, node, start: 0 };
  }
}

/** A mapping and the string it was read from; `start` is where it begins in that string. */
export interface LocatedMapping {
  readonly mapping: Mapping;
  readonly node: StringValueNode;
  readonly start: number;
}
