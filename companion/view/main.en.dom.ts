import { begin } from "./main.dom.tsx";
import { words } from "./words/en.std.ts";

begin(words);
