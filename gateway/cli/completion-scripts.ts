import type { Command } from 'commander';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What may follow a command line so far. */
interface Place {
  /** The words so far, without options: empty, `pool`, `pool drain`. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly about: string }[];
}

const EVERYWHERE = ['--help', '--format'];

/** A script for a shell that completes every command, subcommand and long option, and files after those. */
export function completionScript(shell: Shell, program: Command): string {
  const places = placesOf(program, []);
  if (shell === 'fish') return fish(places);
  // zsh reads bash's completions.
  return shell === 'zsh'
    ? `#compdef headgate\nautoload -U +X bashcompinit && bashcompinit\n${bash(places)}`
    : bash(places);
}

function placesOf(command: Command, path: readonly string[]): Place[] {
  const inside = command.commands;
  const options = command.options.flatMap(({ long, description }) =>
    long === null || long === undefined ? [] : [{ word: long, about: description }],
  );
  const words = [
    ...inside.map((one) => ({ word: one.name(), about: one.description() })),
    ...options,
    ...EVERYWHERE.map((word) => ({ word, about: word === '--help' ? 'print help' : 'text or json' })),
  ];
  return [{ path: path.join(' '), words }, ...inside.flatMap((one) => placesOf(one, [...path, one.name()]))];
}

function bash(places: readonly Place[]): string {
  const cases = places.map(({ path, words }) => `    '${path}') words='${words.map(({ word }) => word).join(' ')}' ;;`);
  return `# headgate completion: source <(headgate completion bash)
_headgate() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' word words='' next
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in
      ${places
        .slice(1)
        .map(({ path }) => `'${path}'`)
        .join('|')}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _headgate headgate
`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) => words.map(({ word, about }) => fishLine(path, word, about)));
  return `# headgate completion: headgate completion fish > ~/.config/fish/completions/headgate.fish\n${lines.join('\n')}\n`;
}

function fishLine(path: string, word: string, about: string): string {
  const steps = path === '' ? [] : path.split(' ');
  const seen = steps.map((step) => `__fish_seen_subcommand_from ${step}`).join('; and ');
  const condition = path === '' ? '__fish_use_subcommand' : seen;
  const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-a ${word}`;
  return `complete -c headgate -n '${condition}' ${what} -d '${about.replaceAll(/['\\]/g, '\\$&')}'`;
}
