import { begin } from "./main.dom.tsx";
import { en } from "./words/view.en.std.ts";

begin(en);
