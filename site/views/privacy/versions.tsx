import { Button } from "../../design/form.tsx";
import { Layout } from "../../design/layout.tsx";
import { Linked } from "../../design/linked.tsx";
import { Moment } from "../../design/moment.tsx";
import { href, type Page } from "../../design/page.ts";
import { policyVersionsText } from "../../i18n/policy-versions.ts";
import type { Piece, Section } from "../../policies/difference.ts";

export interface Comparison {
  older: number;
  newer: number;
  sections: readonly Section[];
}

export interface PolicyVersionProps {
  page: Page;
  version: number;
  fromAtMs: number;
  /** `null`: it counts today. */
  untilMs: number | null;
  sha256: string;
  /** Numbers of the other versions, newest first. */
  others: readonly number[];
  /** Blocks of the text, or the text beside another. */
  shown: readonly string[] | Comparison;
}

const isComparison = (shown: PolicyVersionProps["shown"]): shown is Comparison => "sections" in shown;

/** Without the marks that a kept text has before headings and lines. */
const bare = (block: string) => block.replace(/^(#+|-) /, "");

function Pieces({ pieces, mark: Mark }: { pieces: readonly Piece[]; mark: "ins" | "del" }) {
  return (
    <>
      {pieces.map(({ text, isChanged }, at) => {
        const words = at === 0 ? bare(text) : text;
        return isChanged ? <Mark>{words}</Mark> : words;
      })}
    </>
  );
}

function Side({
  pieces,
  mark,
  label,
  absent,
}: {
  pieces: readonly Piece[] | null;
  mark: "ins" | "del";
  label: string;
  absent: string;
}) {
  return (
    <td data-label={label}>
      {pieces === null ? <span class="soft">{absent}</span> : <Pieces pieces={pieces} mark={mark} />}
    </td>
  );
}

function Beside({ page, comparison }: { page: Page; comparison: Comparison }) {
  const t = policyVersionsText[page.language];
  const { older, newer, sections } = comparison;
  const differ = sections.flatMap(({ heading, passages }) => (heading === null ? passages : [heading, ...passages]));
  const count = differ.filter(({ isSame }) => !isSame).length;
  if (count === 0) return <p>{t.allSame}</p>;
  const labels = [`${t.older}: ${t.version(older)}`, `${t.newer}: ${t.version(newer)}`] as const;
  return (
    <>
      <p>
        {t.changed(count)} {t.marks}
      </p>
      <table class="beside">
        <thead>
          <tr>
            {labels.map((label) => (
              <th scope="col">{label}</th>
            ))}
          </tr>
        </thead>
        {sections.map(({ heading, passages }) => {
          const same = passages.filter(({ isSame }) => isSame);
          const isSame = same.length === passages.length && heading?.isSame !== false;
          const title = heading?.after ?? heading?.before ?? [];
          return (
            <tbody>
              {heading === null || isSame ? null : (
                <tr>
                  <th scope="rowgroup" colspan={2}>
                    {heading.before === null || heading.isSame ? null : <Pieces pieces={heading.before} mark="del" />}{" "}
                    {heading.after === null ? null : <Pieces pieces={heading.after} mark="ins" />}
                  </th>
                </tr>
              )}
              {passages
                .filter((passage) => !passage.isSame)
                .map(({ before, after }) => (
                  <tr class={before === null || after === null ? "alone" : undefined}>
                    <Side pieces={before} mark="del" label={labels[0]} absent={t.absent} />
                    <Side pieces={after} mark="ins" label={labels[1]} absent={t.absent} />
                  </tr>
                ))}
              {same.length === 0 ? null : (
                <tr>
                  <td colspan={2}>
                    <details>
                      <summary>
                        {isSame && title.length > 0 ? (
                          <>
                            <Pieces pieces={title} mark="ins" />:{" "}
                          </>
                        ) : null}
                        <span class="soft">{t.same(same.length)}</span>
                      </summary>
                      <div class="stack">
                        {same.map(({ after }) => (
                          <p>
                            <Pieces pieces={after ?? []} mark="ins" />
                          </p>
                        ))}
                      </div>
                    </details>
                  </td>
                </tr>
              )}
            </tbody>
          );
        })}
      </table>
    </>
  );
}

function Blocks({ blocks }: { blocks: readonly string[] }) {
  return (
    <section class="stack">
      {blocks.slice(1).map((block) =>
        block.startsWith("#") ? (
          <h2>{bare(block)}</h2>
        ) : (
          <p>
            <Linked text={bare(block)} />
          </p>
        ),
      )}
    </section>
  );
}

/** One version of the policy as it is kept, alone or beside another. */
export function PolicyVersionPage({ page, version, fromAtMs, untilMs, sha256, others, shown }: PolicyVersionProps) {
  const t = policyVersionsText[page.language];
  const path = `/privacy/versions/${version}`;
  return (
    <Layout page={page} title={t.title(version)} description={t.lead} scripts={["local-time"]}>
      <section class="stack">
        <h1>{t.title(version)}</h1>
        <p class="lead">{t.lead}</p>
        <p class="soft">
          {untilMs === null ? t.since : t.from} <Moment page={page} ms={fromAtMs} />
          {untilMs === null ? null : (
            <>
              {" "}
              {t.until} <Moment page={page} ms={untilMs} />
            </>
          )}
          . <a href={href(page, "/privacy")}>{t.today}</a>
        </p>
        <p class="small soft">
          <a href={`${path}/${page.language}.txt`}>{t.file}</a>. {t.hash}: <code class="hash">{sha256}</code>
        </p>
        <form method="get" action={path} class="inline wraps" novalidate>
          {page.languageAsked ? <input type="hidden" name="lang" value={page.language} /> : null}
          <label for="beside">{t.compare}</label>
          <select id="beside" name="beside">
            {others.map((other) => (
              <option value={other} selected={isComparison(shown) && [shown.older, shown.newer].includes(other)}>
                {t.version(other)}
              </option>
            ))}
          </select>
          <Button label={t.show} kind="quiet" />
          {isComparison(shown) ? <a href={href(page, path)}>{t.whole}</a> : null}
        </form>
      </section>
      {isComparison(shown) ? <Beside page={page} comparison={shown} /> : <Blocks blocks={shown} />}
    </Layout>
  );
}
