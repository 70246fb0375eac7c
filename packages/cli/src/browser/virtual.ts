import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** The rows that are in sight, of which alone there are elements. */
export interface Window {
  readonly box: RefObject<HTMLDivElement | null>;
  readonly first: number;
  /** Behind the last. */
  readonly end: number;
  readonly onScroll: () => void;
}

/** Rows beyond the edge, so that scrolling finds them there. */
const MARGIN = 8;

/** Keeps to the rows of a list of this many that are in sight. All are of one height, in pixels. */
export function useWindow(count: number, row: number): Window {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(800);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const first = Math.max(0, Math.min(Math.floor(top / row), count) - MARGIN);
  const end = Math.min(count, Math.ceil((top + height) / row) + MARGIN);
  return { box, first, end, onScroll: () => setTop(box.current?.scrollTop ?? 0) };
}

/** Scrolls a row into sight, by as little as it takes. */
export function reveal(element: HTMLElement | null, index: number, row: number): void {
  if (element === null || index < 0) return;
  const [start, end] = [index * row, (index + 1) * row];
  if (start < element.scrollTop) element.scrollTop = start;
  else if (end > element.scrollTop + element.clientHeight) element.scrollTop = end - element.clientHeight;
}
