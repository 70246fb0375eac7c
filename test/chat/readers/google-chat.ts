/** Reads a Google Chat payload as a cautious client would, and tells what in it would mention or lead somewhere. */
interface Widget {
  readonly textParagraph?: { readonly text: string };
  readonly decoratedText?: { readonly topLabel: string; readonly text: string };
  readonly buttonList?: {
    readonly buttons: readonly {
      readonly text: string;
      readonly onClick: { readonly openLink: { readonly url: string } };
    }[];
  };
}

interface Payload {
  readonly text?: string;
  readonly fallbackText?: string;
  readonly cardsV2: readonly {
    readonly card: {
      readonly header: { readonly title: string; readonly subtitle?: string };
      readonly sections?: readonly { readonly header?: string; readonly widgets: readonly Widget[] }[];
    };
  }[];
}

export function readGoogleChat(body: string): { harm: string[]; links: string[] } {
  const payload = JSON.parse(body) as Payload;
  const harm: string[] = payload.text === undefined ? [] : ["text, in which a mention cannot be escaped"];
  const links: string[] = [];
  harm.push(...plain(payload.fallbackText ?? ""));
  for (const { card } of payload.cardsV2) {
    harm.push(...plain(card.header.title), ...plain(card.header.subtitle ?? ""));
    for (const { header = "", widgets } of card.sections ?? []) {
      harm.push(...html(header));
      for (const { textParagraph, decoratedText, buttonList } of widgets) {
        harm.push(
          ...html(textParagraph?.text ?? ""),
          ...html(decoratedText?.text ?? ""),
          ...plain(decoratedText?.topLabel ?? ""),
        );
        for (const button of buttonList?.buttons ?? []) {
          links.push(button.onClick.openLink.url);
          harm.push(...plain(button.text));
        }
      }
    }
  }
  return { harm, links };
}

/** `<users/all>` and `<https://…|label>` begin with a sign that only a zero-width space can break. */
function plain(text: string): string[] {
  return [...(/<(?!\u200b)/.test(text) ? [`a control sequence in ${text}`] : []), ...addresses(text)];
}

function html(text: string): string[] {
  const harm: string[] = [];
  const words = text.replace(/<br>/g, "\n");
  if (/[<>"']/.test(words) || /&(?!(amp|lt|gt|quot|#39);)/.test(words)) harm.push(`HTML in ${text}`);
  return [...harm, ...addresses(words)];
}

function addresses(text: string): string[] {
  const found =
    /[a-z][a-z\d.+-]*:\/\/|\bmailto:[^\s\u200b]|\bwww\.[^\s\u200b]|[\p{L}\p{N}_-]\.\p{L}{2,}|@[\p{L}\p{N}]/iu.exec(
      text,
    );
  return found === null ? [] : [`${found[0]} in ${text}`];
}
