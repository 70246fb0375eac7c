import type { PreparedLink, PreparedMessage } from "./prepare.ts";
import type { Writer } from "./writer.ts";

/** Where a message leads, and its actions. */
export function allLinks(message: PreparedMessage): readonly PreparedLink[] {
  return message.link === undefined ? message.actions : [message.link, ...message.actions];
}

/** What a link takes besides its address, generously: its label and the syntax around it. */
const OVERHEAD = 240;

/**
 * The links for which there is room, written one by one; the others are reported as left out. An address cannot be
 * shortened, so it must not compete with text for the last bytes.
 */
export function linksWithin<Name extends string, Written>(
  links: readonly PreparedLink[],
  room: number,
  writer: Writer<Name>,
  path: string,
  write: (link: PreparedLink, path: string) => Written,
): Written[] {
  let left = room;
  return links.flatMap((link, index) => {
    const at = `${path}actions[${index}]`;
    left -= link.url.length + OVERHEAD;
    if (left >= 0) return [write(link, at)];
    writer.drop(at, [link.label, link.url]);
    return [];
  });
}
