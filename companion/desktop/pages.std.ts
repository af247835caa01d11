/** The app's two pages as HTML. Neither has anything in it that a person or the network wrote but as data of an attribute. */

/** Names of built files, as their paths on `app://sessionlinked`. */
export interface Assets {
  scripts: { home: string; session: string };
  styles: readonly string[];
  sound: { lanesUrl: string; deviceUrl: string };
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (char) => escapes[char] ?? char);

export function drawPage(
  page: keyof Assets["scripts"],
  { assets, language, title, boot }: { assets: Assets; language: "en" | "de"; title: string; boot: unknown },
): string {
  const styles = assets.styles.map((href) => `<link rel="stylesheet" href="${escaped(href)}">`).join("");
  return (
    `<!doctype html><html lang="${language === "en" ? "en-GB" : "de"}"><head><meta charset="utf-8">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">` +
    `<title>${escaped(title)}</title>${styles}<script type="module" src="${escaped(assets.scripts[page])}"></script></head>` +
    `<body class="app-shell"><div id="view" data-boot="${escaped(JSON.stringify(boot))}"></div></body></html>`
  );
}
