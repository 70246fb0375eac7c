/** The part of Google Chat's message that the formatter writes. https://developers.google.com/workspace/chat/api/reference/rest/v1/spaces.messages#Message */
export interface GoogleChatPayload {
  /** One card, in which several events are sections. */
  cardsV2: {
    /** Always `"countersign"`: one message has one card. */
    cardId: string;
    /** Title, texts, facts and buttons of all events. */
    card: GoogleCard;
  }[];
  /** What is shown where cards cannot be, such as in notifications: at most 1000 bytes. */
  fallbackText: string;
  /** The thread to answer in or to open, by a key of your own. */
  thread?: {
    /** At most 200 of Google's 4000 characters. */
    threadKey: string;
  };
}

/** At most 100 widgets in all sections. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards */
export interface GoogleCard {
  /** Shown as it is, without HTML. */
  header: {
    /** What happened, or how many events there are: at most 400 bytes. */
    title: string;
    /** Severity and source: at most 300 bytes. */
    subtitle?: string;
  };
  /** Left out where there is nothing below the title. */
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
  | {
      /** Prose and code of an event, or a note. */
      textParagraph: {
        /** HTML, at most 24,000 bytes. */
        text: string;
      };
    }
  | {
      /** One fact of an event: the small line with its name, the value below. */
      decoratedText: {
        /** The fact's name, shown as it is: at most 300 bytes. */
        topLabel: string;
        /** The fact's value in HTML: at most 4000 bytes. */
        text: string;
        /** Always: a value that is cut off at the card's edge is no value. */
        wrapText: true;
      };
    }
  | {
      /** Addresses that the reader may follow, side by side. */
      buttonList: {
        /** The link first, then at most five actions. */
        buttons: GoogleButton[];
      };
    };

/** A button that leads to an address. https://developers.google.com/workspace/chat/api/reference/rest/v1/cards#button */
export interface GoogleButton {
  /** Shown as it is, at most 200 bytes. */
  text: string;
  /** What a click does: it leads somewhere, and no server is called. */
  onClick: {
    /** An address that the client opens in a browser tab. */
    openLink: {
      /** http or https, at most 2000 characters. */
      url: string;
    };
  };
}
