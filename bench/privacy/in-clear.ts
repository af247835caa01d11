import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A text in the forms in which a file might hold it: UTF-8, UTF-16 both ways round, hexadecimal, and base64 at each of its three places. */
export function formsOf(text: string): Buffer[] {
  const utf8 = Buffer.from(text);
  const utf16 = Buffer.from(text, "utf16le");
  const base64 = [0, 1, 2].map((before) => {
    // What depends on the neighbours is left out: at the beginning, and at the end.
    const encoded = Buffer.concat([Buffer.alloc(before), utf8])
      .toString("base64")
      .replace(/=+$/, "");
    return Buffer.from(encoded.slice(before === 0 ? 0 : before + 1, -2));
  });
  return [utf8, utf16, Buffer.from(utf16).swap16(), Buffer.from(utf8.toString("hex")), ...base64];
}

/** How often a text stands in what a platform has on disk, by the store it is in; the mails that it has sent are not its own any more. */
export function inClear(folder: string, text: string): Map<string, number> {
  const forms = formsOf(text);
  const found = new Map<string, number>();
  for (const path of globSync("**/*", { cwd: folder, exclude: ["mail/**"] })) {
    const full = join(folder, path);
    if (!statSync(full).isFile()) continue;
    const bytes = readFileSync(full);
    let hits = 0;
    for (const form of forms) for (let at = bytes.indexOf(form); at >= 0; at = bytes.indexOf(form, at + 1)) hits++;
    const store = path.split("/")[1] ?? path;
    if (hits > 0) found.set(store, (found.get(store) ?? 0) + hits);
  }
  return found;
}
