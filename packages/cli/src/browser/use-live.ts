import { useEffect, useRef, useState } from "preact/hooks";
import type { About } from "../page/wire.ts";
import { type Connection, enter, Locked } from "./connect.ts";
import { Deliveries } from "./deliveries.ts";

/** How the page stands to the process that it shows. */
export type Link = "entering" | "live" | "away" | "locked";

/** What is live. */
export interface Live {
  readonly link: Link;
  readonly connection: Connection | undefined;
  readonly about: About | undefined;
  readonly deliveries: Deliveries;
  /** Counts the changes of `deliveries`. */
  readonly version: number;
}

/** Follows the stream of deliveries for as long as the page is there, and comes back to it when it has ended. */
export function useLive(): Live {
  const [link, setLink] = useState<Link>("entering");
  const [about, setAbout] = useState<About>();
  const [version, setVersion] = useState(0);
  const [connection, setConnection] = useState<Connection>();
  const deliveries = useRef(new Deliveries()).current;

  useEffect(() => {
    let over = false;
    const follow = async () => {
      const entered = await enter().catch(() => undefined);
      if (entered === undefined) return setLink("locked");
      setConnection(entered);
      for (let tries = 0; !over; tries++) {
        try {
          await entered.follow((message) => {
            tries = 0;
            deliveries.take(message);
            if (message.kind === "all") {
              setAbout(message.about);
              setLink("live");
            }
            setVersion((count) => count + 1);
          });
        } catch (error) {
          if (error instanceof Locked) return setLink("locked");
        }
        setLink("away");
        await new Promise((resolve) => setTimeout(resolve, Math.min(5_000, 500 * 2 ** tries)));
      }
    };
    follow();
    return () => {
      over = true;
    };
  }, []);

  return { link, connection, about, deliveries, version };
}
