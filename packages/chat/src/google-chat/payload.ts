/** The part of Google Chat's message that the formatter writes. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages#Message */
export interface GoogleChatPayload {
  /** One card, in which several events are sections. */
  cardsV2: { cardId: string; card: GoogleCard }[];
  /** What is shown where cards cannot be, such as in notifications: at most 1000 bytes. */
  fallbackText: string;
  /** The thread to answer in or to open, by a key of your own. */
  thread?: { threadKey: string };
}

/** At most 100 widgets in all sections. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards */
export interface GoogleCard {
  /** The title, at most 400 bytes, and below it severity and source. Both are shown as they are. */
  header: { title: string; subtitle?: string };
  sections?: GoogleSection[];
}

/** One event among several, or a part of the only one. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards#section */
export interface GoogleSection {
  /** The event's title in Google's subset of HTML, at most 600 bytes. */
  header?: string;
  /** At least one: a section without any is refused. */
  widgets: GoogleWidget[];
}

/**
 * A paragraph, a fact with its name above it, or a row of buttons. Texts are in Google's subset of HTML, the `topLabel`
 * is shown as it is. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards#widget
 */
export type GoogleWidget =
  | { textParagraph: { text: string } }
  | { decoratedText: { topLabel: string; text: string; wrapText: true } }
  | { buttonList: { buttons: GoogleButton[] } };

/** A button that leads to an address. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards#button */
export interface GoogleButton {
  /** Shown as it is, at most 200 bytes. */
  text: string;
  /** The address: http or https, at most 2000 characters. */
  onClick: { openLink: { url: string } };
}
