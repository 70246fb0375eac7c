/** A look-up table by name. It has no prototype, so that `__proto__` and `constructor` find nothing, and is frozen. */
export type Table<Row> = Readonly<Record<string, Row | undefined>>;

/** Makes a {@link Table}. Its own keys stay known to the compiler. */
export function table<Rows extends object>(rows: Rows): Readonly<Rows> {
  return Object.freeze(Object.assign(Object.create(null) as Rows, rows));
}
