import type { Breach } from "../../../protocol/breaches.ts";
import { Moment } from "../../design/moment.tsx";
import type { Page } from "../../design/page.ts";
import { number } from "../../i18n/format.ts";
import { operatorText } from "../../i18n/operator.ts";
import { Act } from "./parts.tsx";

/** The register: what happened, and each notice that a law asks for, with its draft. */
export function Breaches({ page, breaches }: { page: Page; breaches: readonly Breach[] }) {
  const t = operatorText[page.language];
  const many = (count: number) => number(page.language, count);
  return (
    <>
      {breaches.map(({ breachId, whatHappened, affected, told, notices }) => {
        const to = `/operator/breaches/${breachId}`;
        return (
          <article class="panel stack">
            <h3>{whatHappened}</h3>
            <p>{t.affected(many(affected), many(told))}</p>
            {notices.map(({ notice, law, dueAtMs, sentAtMs, proof, draft }) => (
              <div class="stack">
                <p>
                  <span class="instrument">{notice}</span> ({law}):{" "}
                  {sentAtMs !== null ? (
                    <>
                      {t.sent} <Moment page={page} ms={sentAtMs} />, {proof}
                    </>
                  ) : (
                    <>
                      {t.due} {dueAtMs === null ? "–" : <Moment page={page} ms={dueAtMs} />}
                    </>
                  )}
                </p>
                {sentAtMs !== null ? null : (
                  <>
                    <details>
                      <summary>{t.draft}</summary>
                      {draft.split("\n\n").map((paragraph) => (
                        <p class="small">{paragraph}</p>
                      ))}
                    </details>
                    {notice === "gdpr-people" ? (
                      <Act page={page} to={to} what={{ do: "tell-people" }} label={t.tell} />
                    ) : (
                      <Act
                        page={page}
                        to={to}
                        what={{ do: "note-sent", notice }}
                        label={t.noteSent}
                        field={{ name: "proof", label: t.proof }}
                      />
                    )}
                  </>
                )}
              </div>
            ))}
          </article>
        );
      })}
    </>
  );
}
