/** The length of a text in the unit that a platform counts. */
export type Measure = (text: string) => number;

/** Slack: UTF-16 units. */
export const utf16: Measure = (text) => text.length;

/** Discord and Mattermost: code points, Go's runes. A lone surrogate counts as one. */
export const codePoints: Measure = (text) => {
  let count = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    const next = text.charCodeAt(index + 1);
    if (unit >= 0xd800 && unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) index++;
    count++;
  }
  return count;
};

/** Google Chat: the bytes of UTF-8 that the text takes inside a JSON string as `JSON.stringify` writes it. */
export const jsonBytes: Measure = (text) => {
  let bytes = 0;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0x22 || unit === 0x5c) bytes += 2;
    else if (unit < 0x20) bytes += unit === 8 || unit === 9 || unit === 10 || unit === 12 || unit === 13 ? 2 : 6;
    else if (unit < 0x80) bytes += 1;
    else if (unit < 0x800) bytes += 2;
    else if (unit < 0xd800 || unit > 0xdfff) bytes += 3;
    else {
      const next = text.charCodeAt(index + 1);
      const pair = unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff;
      // A pair is one code point of four bytes; a lone surrogate is written as \udXXX.
      bytes += pair ? 4 : 6;
      if (pair) index++;
    }
  }
  return bytes;
};
