/** What `request.params` holds on a route with this path; any text where the path is not known. */
export type ParamsOf<Url extends string> = string extends Url
  ? Readonly<Record<string, string>>
  : { readonly [Name in NamesIn<Url>]: string };

type NamesIn<Url extends string> = Url extends `${infer Head}/${infer Tail}`
  ? NamesOf<Head> | NamesIn<Tail>
  : NamesOf<Url>;

/** A segment may hold several: `"/:from-:to"`. A wildcard's name is `*`. */
type NamesOf<Segment extends string> = Segment extends `${string}:${infer Rest}`
  ? UpTo<UpTo<UpTo<UpTo<UpTo<Rest, "(">, "-">, ".">, "?">, ":"> | NamesOf<Rest>
  : Segment extends "*"
    ? "*"
    : never;

type UpTo<Text extends string, End extends string> = Text extends `${infer Before}${End}${string}` ? Before : Text;
