import type { Child } from "hono/jsx";
import { dateTime } from "../i18n/format.ts";
import { Moment } from "./moment.tsx";
import type { Page } from "./page.ts";
import { Timeline } from "./timeline.tsx";

export interface DeadlineProps {
  page: Page;
  words: { picture: string; asked: string; due: string; underWay: string; finishedAt: string };
  askedAtMs: number;
  dueAtMs: number;
  finishedAtMs: number | null;
  /** Facts beside those of the clock: `dt` and `dd`. */
  children?: Child;
}

/** What was asked for, until when it is due, and how far it is: as a picture and as facts. */
export function Deadline({ page, words, askedAtMs, dueAtMs, finishedAtMs, children }: DeadlineProps) {
  const say = (ms: number) => dateTime(page.language, ms);
  const marginMs = (dueAtMs - askedAtMs) * 0.02;
  return (
    <>
      <Timeline
        label={words.picture}
        from={askedAtMs - marginMs}
        to={dueAtMs + marginMs}
        ticks={[{ at: dueAtMs, label: words.due }]}
        spans={[{ from: askedAtMs, to: finishedAtMs ?? page.nowMs, label: "" }]}
        marks={[
          { at: askedAtMs, label: say(askedAtMs), kind: "here" },
          finishedAtMs === null
            ? { at: page.nowMs, label: words.underWay, kind: "now" }
            : { at: finishedAtMs, label: say(finishedAtMs), kind: "here" },
          { at: dueAtMs, label: say(dueAtMs), kind: "there" },
        ]}
      />
      <dl class="facts">
        <dt>{words.asked}</dt>
        <dd class="instrument">
          <Moment page={page} ms={askedAtMs} />
        </dd>
        <dt>{words.finishedAt}</dt>
        <dd class="instrument">{finishedAtMs === null ? words.underWay : <Moment page={page} ms={finishedAtMs} />}</dd>
        <dt>{words.due}</dt>
        <dd class="instrument">
          <Moment page={page} ms={dueAtMs} />
        </dd>
        {children}
      </dl>
    </>
  );
}
