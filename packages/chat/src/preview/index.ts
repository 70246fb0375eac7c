/**
 * What each platform would roughly show of a message, read out of its payload: for a page that shows an event before it is
 * sent.
 *
 * @module
 */

export { type ChatPreview, type PlatformPreview, previewChats } from "./preview.ts";
