import type { Notes } from './notes';
import type { RootField } from './root-field';

const PAGING =
  /^(page|page_?(size|token|number)|per_?page|limit|offset|skip|cursor|after|before|starting_after|ending_before|start|count|max_?results|next_?token)$/i;

/** Says of lists that come in pages that this is one page: nobody asks for the next one. */
export function notePaging({ operation, request, target, use }: RootField, notes: Notes): void {
  const isList = use.lists > 0 || target?.fields.some((field) => field.use.lists > 0) === true;
  if (operation.method !== 'GET' || !isList) return;
  const by = request.arguments.filter(({ to }) => to.in === 'query' && PAGING.test(to.name)).map(({ name }) => name);
  const hasLink = operation.answers.some((answer) => answer.hasLink && answer.status.startsWith('2'));
  if (by.length > 0) notes.add(operation.place, `answers one page: the next is asked for by ${by.join(', ')}`);
  else if (hasLink)
    notes.add(operation.place, 'answers one page: the next is in the header link, which the draft does not read');
}
