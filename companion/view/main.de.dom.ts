import { begin } from "./main.dom.tsx";
import { de } from "./words/view.de.std.ts";

begin(de);
