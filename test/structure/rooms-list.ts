/** What a README's "Rooms" lacks and what it names in vain: an entry is a line such as ``- `folder/`: …``. */
export function roomsProblems(readme: string, files: readonly string[]): string[] {
  const section = readme.split(/^## /m).find((part) => part.startsWith("Rooms\n"));
  if (section === undefined) return ['there is no "Rooms"'];
  const lines = section.split("\n").filter((line) => line.startsWith("- `"));
  const entries = lines.flatMap((line) => /^- `([^`]+)`: \S/.exec(line)?.[1] ?? []);
  const folders = [...new Set(files.filter((file) => file.includes("/")).map((file) => `${file.split("/")[0]}/`))];
  // Where there are no folders, the files are the rooms.
  const rooms = folders.length > 0 ? folders : files.filter((file) => file !== "index.ts");
  return [
    ...lines.filter((line) => !/^- `([^`]+)`: \S/.test(line)).map((line) => `"${line}" is no entry`),
    ...rooms.filter((room) => !entries.includes(room)).map((room) => `${room} is missing`),
    ...entries.filter((room) => !rooms.includes(room) && !files.includes(room)).map((room) => `${room} does not exist`),
    ...entries.filter((room, i) => entries.indexOf(room) !== i).map((room) => `${room} appears twice`),
  ];
}
