import {
  type DocumentNode,
  UniqueDirectiveNamesRule,
  UniqueEnumValueNamesRule,
  UniqueFieldDefinitionNamesRule,
  UniqueTypeNamesRule,
} from 'graphql';
import { validateSDL } from '../graphql-internals';

const RULES = [UniqueTypeNamesRule, UniqueFieldDefinitionNamesRule, UniqueEnumValueNamesRule, UniqueDirectiveNamesRule];

interface Duplicate {
  readonly message: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** Finds what a document defines twice, which the composer refuses without a place, or dies of. */
export function duplicatesIn(document: DocumentNode): readonly Duplicate[] {
  return validateSDL(document, null, RULES).map(({ message, locations }) => {
    const second = locations?.at(-1);
    return { message, line: second?.line ?? null, column: second?.column ?? null };
  });
}

/** The duplicate that a message of the composer speaks of: the first one whose names it has. */
export function duplicateNamedIn(message: string, document: DocumentNode): Duplicate | undefined {
  return duplicatesIn(document).find((duplicate) => {
    const names = duplicate.message.match(/"[^"]+"/)?.[0].match(/\w+/g) ?? [];
    return names.every((name) => message.includes(name));
  });
}
