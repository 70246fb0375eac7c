/** Colours, or nothing where they are not wanted. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const SEQUENCES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;

/** Colours only on a terminal, and there unless `NO_COLOR` is set (https://no-color.org) or it is a dumb one. */
export function paintFor(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): Paint {
  const coloured = isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
  const paint = ([on, off]: readonly [number, number]) => {
    return (text: string) => (coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text);
  };
  const { bold, dim, red, green, yellow } = SEQUENCES;
  return { bold: paint(bold), dim: paint(dim), red: paint(red), green: paint(green), yellow: paint(yellow) };
}
