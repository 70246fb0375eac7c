import { checkProto } from "./google-proto.ts";

interface Section {
  readonly header?: string;
  readonly widgets: readonly object[];
}

/** Google Chat's definitions, and the limits that they leave out. */
export function checkGoogleChat(body: string): string[] {
  const message = JSON.parse(body) as {
    text?: string;
    cardsV2?: readonly { cardId?: string; card: { header?: { title: string }; sections?: readonly Section[] } }[];
  };
  const problems = checkProto("google.chat.v1.Message", message);
  const bytes = Buffer.byteLength(body);
  if (bytes > 32_000) problems.push(`${bytes} bytes`);
  if ((message.text?.length ?? 0) > 4000) problems.push("text is over 4000 characters");
  for (const { card } of message.cardsV2 ?? []) {
    if (card.header !== undefined && card.header.title.trim() === "") problems.push("a header has no title");
    const sections = card.sections ?? [];
    const widgets = sections.reduce((total, section) => total + section.widgets.length, 0);
    if (widgets > 100) problems.push(`${widgets} widgets`);
    for (const section of sections) if (section.widgets.length === 0) problems.push("a section has no widget");
    problems.push(...checkWidgets(sections.flatMap((section) => section.widgets)));
  }
  return problems;
}

function checkWidgets(widgets: readonly object[]): string[] {
  return widgets.flatMap((widget) => {
    const kinds = Object.entries(widget) as [string, { text?: string; buttons?: readonly { text?: string }[] }][];
    if (kinds.length !== 1) return ["a widget is not one thing"];
    return kinds.flatMap(([kind, { text, buttons }]) => {
      if (buttons !== undefined)
        return buttons.some((button) => (button.text ?? "").trim() === "") ? ["a button has no text"] : [];
      return (text ?? "") === "" ? [`a ${kind} has no text`] : [];
    });
  });
}
