/** The part of Google Chat's message that the formatter writes. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages#Message */
export interface GoogleChatPayload {
  cardsV2: { cardId: string; card: GoogleCard }[];
  /** What is shown where cards cannot be. */
  fallbackText: string;
  thread?: { threadKey: string };
}

/** https://developers.google.com/workspace/chat/api/reference/rest/v1/cards */
export interface GoogleCard {
  header: { title: string; subtitle?: string };
  sections?: GoogleSection[];
}

export interface GoogleSection {
  header?: string;
  widgets: GoogleWidget[];
}

export type GoogleWidget =
  | { textParagraph: { text: string } }
  | { decoratedText: { topLabel: string; text: string; wrapText: true } }
  | { buttonList: { buttons: GoogleButton[] } };

export interface GoogleButton {
  text: string;
  onClick: { openLink: { url: string } };
}
