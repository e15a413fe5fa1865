import type { ASTNode, StringValueNode } from 'graphql';
import { LaterFeatureError, MappingSyntaxError } from '../mapping/cursor';
import { type Mapping, readMapping } from '../mapping/mapping';
import { type ConnectVersion, hasFeatureOf } from '../mapping/versions';
import type { Arguments } from './arguments';
import { type ConnectLink, linkLine, versionOf } from './link';
import { positionInString, positionOf } from './position';
import type { ConnectProblemCode, ConnectWarningCode, Problems } from './problems';

/** The place that is being read: where problems are reported to and under which name. */
export class Site {
  readonly problems: Problems;
  readonly coordinate: string;
  readonly #link: ConnectLink;

  constructor({ problems, link }: Reading, coordinate: string) {
    this.problems = problems;
    this.coordinate = coordinate;
    this.#link = link;
  }

  get version(): ConnectVersion {
    return versionOf(this.#link);
  }

  has(since: ConnectVersion): boolean {
    return hasFeatureOf(this.version, since);
  }

  /** Refuses what came with a later version than the document links. */
  needs(since: ConnectVersion, feature: string, node: ASTNode, instead: string | null = null): void {
    if (!this.has(since)) this.refuse('VERSION_TOO_EARLY', this.#tooEarly(since, feature, instead), node);
  }

  refuse(code: ConnectProblemCode, message: string, node: ASTNode): void {
    this.problems.add(code, message, this.coordinate, positionOf(node));
  }

  refuseInside(code: ConnectProblemCode, message: string, node: StringValueNode, offset: number): void {
    this.problems.add(code, message, this.coordinate, positionInString(node, offset));
  }

  warn(code: ConnectWarningCode, message: string, node: ASTNode): void {
    this.problems.warn(code, message, this.coordinate, positionOf(node));
  }

  warnInside(code: ConnectWarningCode, message: string, node: StringValueNode, offset: number): void {
    this.problems.warn(code, message, this.coordinate, positionInString(node, offset));
  }

  needsInside(
    since: ConnectVersion,
    feature: string,
    node: StringValueNode,
    offset: number,
    instead: string | null = null,
  ): void {
    if (!this.has(since)) this.refuseInside('VERSION_TOO_EARLY', this.#tooEarly(since, feature, instead), node, offset);
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
      if (error instanceof LaterFeatureError) {
        const message = this.#tooEarly(error.since, error.feature, error.instead);
        this.refuseInside('VERSION_TOO_EARLY', message, node, error.offset);
      } else this.refuseInside(code, error.message, node, error.offset);
      return null;
    }
  }

  mapping(args: Arguments | null, name: string, missing: 'omit' | 'null' = 'omit'): LocatedMapping | null {
    const node = args?.string(name) ?? null;
    const mapping = this.read(node, 'MAPPING_SYNTAX', (text) => readMapping(text, { missing, version: this.version }));
    return node === null || mapping === null ? null : { mapping, node, start: 0 };
  }

  #tooEarly(since: ConnectVersion, feature: string, instead: string | null): string {
    const otherwise = instead === null ? '' : `${instead}, or `;
    return `${feature} came with connect ${since}, and this document links ${this.version}: ${otherwise}write ${linkLine(this.#link, since)}`;
  }
}

/** What the parts of one document have in common while they are read. */
export interface Reading {
  readonly problems: Problems;
  readonly link: ConnectLink;
}

/** A mapping and the string it was read from; `start` is where it begins in that string. */
export interface LocatedMapping {
  readonly mapping: Mapping;
  readonly node: StringValueNode;
  readonly start: number;
}
