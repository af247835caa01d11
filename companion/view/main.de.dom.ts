import { begin } from "./main.dom.tsx";
import { words } from "./words/de.std.ts";

begin(words);
