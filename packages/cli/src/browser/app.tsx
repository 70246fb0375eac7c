import { render } from "preact";
import { Page } from "./page.tsx";

const root = document.querySelector("#app");
if (root !== null) render(<Page />, root);
