import type { Language } from "../../site/i18n/language.ts";
import type { MailContent } from "./content.ts";

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** A button that stands out on white and on black: a mail program's dark mode changes the page under it, and not always the button. */
export const BUTTON = { ground: "#b3541e", words: "#ffffff" } as const;

const unsubscribeLabel: Record<Language, string> = { en: "End these mails", de: "Diese Mails beenden" };

/** Both bodies of a mail. The HTML carries its few styles itself and loads nothing: a mail that is opened tells nobody. */
export function compose(content: MailContent, language: Language): { text: string; html: string } {
  const { subject, paragraphs, action, reason, unsubscribeUrl } = content;
  const text = [
    ...paragraphs,
    ...(action === undefined ? [] : [`${action.label}:\n${action.href}`]),
    `-- \nSessionLinked\n${reason}`,
    ...(unsubscribeUrl === undefined ? [] : [`${unsubscribeLabel[language]}:\n${unsubscribeUrl}`]),
  ].join("\n\n");
  const body = paragraphs
    .map((paragraph) => `<p style="margin:0 0 16px">${escaped(paragraph).replaceAll("\n", "<br>")}</p>`)
    .join("");
  const button =
    action === undefined
      ? ""
      : `<p style="margin:0 0 24px"><a href="${escaped(action.href)}" style="display:inline-block;padding:12px 20px;background:${BUTTON.ground};color:${BUTTON.words};border:1px solid ${BUTTON.ground};text-decoration:none;border-radius:4px;font-weight:600">${escaped(action.label)}</a></p>`;
  const last =
    unsubscribeUrl === undefined
      ? ""
      : ` <a href="${escaped(unsubscribeUrl)}" style="color:inherit">${unsubscribeLabel[language]}</a>`;
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escaped(subject)}</title></head><body style="margin:0;padding:24px;font:16px/1.6 system-ui,sans-serif"><div style="max-width:560px;margin:0 auto"><h1 style="font-size:22px;line-height:1.2;margin:0 0 16px">${escaped(subject)}</h1>${body}${button}<p style="margin:0;padding-top:16px;border-top:1px solid #8888;font-size:13px">SessionLinked. ${escaped(reason)}${last}</p></div></body></html>`;
  return { text, html };
}
