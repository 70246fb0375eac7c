import { build } from "./app.ts";

/** The entry of a Worker: `APERTURE_KEY` is one of its secrets. */
export default build();
