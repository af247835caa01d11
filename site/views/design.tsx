import { Arrangement } from "../design/arrangement.tsx";
import { Button, ErrorSummary, Field, State, Upshot } from "../design/form.tsx";
import { levelLow, personHues, stateHues } from "../design/hues.ts";
import { Layout } from "../design/layout.tsx";
import { Moment } from "../design/moment.tsx";
import type { Page } from "../design/page.ts";
import { Table } from "../design/table.tsx";
import { Timeline } from "../design/timeline.tsx";
import { DelayLine } from "./delay-line.tsx";
import { design } from "./design-samples.ts";
import { Track } from "./hub/list.tsx";
import { AvailabilityTag, Notice } from "./hub/parts.tsx";
import { Sheet } from "./hub/profile.tsx";
import { Said } from "./messages/conversation.tsx";
import { Talk } from "./messages/list.tsx";
import { NextEvening, PlanEvening } from "./sessions/evening.tsx";
import { Invites, MadeInvite } from "./sessions/invites.tsx";
import { Takes } from "./takes/takes.tsx";

function Colours({ theme }: { theme: "light" | "dark" }) {
  return (
    <div class={`panel stack design-${theme}`}>
      <h3>{theme}</h3>
      <ul class="design-colours">
        {[...personHues, ...stateHues, levelLow].map((name) => (
          <li>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <rect class={`of-${name}`} width="24" height="24" rx="4" />
            </svg>
            <span class="small instrument">{name}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Type() {
  return (
    <section class="stack" id="type">
      <h2>Type</h2>
      {[3, 2, 1].map((size) => (
        <p class={`design-instrument-${size}`}>17.3 &nbsp;14.6 ms</p>
      ))}
      <h1>Heading 1</h1>
      <h2>Heading 2</h2>
      <h3>Heading 3</h3>
      <p class="lead">Lead: what a page is about, in a sentence or two.</p>
      <p>Text. Values in it are tabular: 1,111.1 and 8,888.8 are as wide as each other.</p>
      <p class="small soft">Small, and the smallest there is: 14 px.</p>
      <p class="instrument">Instrument: bar 17.3 · 00:00:32:15 · 120.0 BPM</p>
    </section>
  );
}

function Controls({ page }: { page: Page }) {
  return (
    <section class="stack" id="controls">
      <h2>Controls</h2>
      <p class="actions">
        <Button label="The one thing" keyHint="Enter" />
        <Button label="Another" kind="quiet" />
        <Button label="What ends something" kind="destructive" />
        <button class="button quiet small" type="button">
          Small
        </button>
        <button class="button" type="button" disabled>
          Not now
        </button>
      </p>
      <ErrorSummary page={page} problems={{ "design-bad": "Say a number like 45." }} />
      <Field name="design-plain" label="A field" />
      <Field name="design-hint" label="With a hint" hint="What is meant, before it is typed" />
      <Field name="design-bad" label="With what is wrong" value="a lot" problem="Say a number like 45." />
      <Notice good="Saved." />
      <Notice bad="That did not work, and why." />
      <Upshot text="What came of a form, where the form stands." />
      <Upshot text="And why it could not be." isBad />
      <p>
        <span class="lamp on" aria-hidden="true" /> Recording is allowed <span class="lamp" aria-hidden="true" /> and is
        not
      </p>
      <p class="actions">
        {(["open", "later", "closed"] as const).map((availability) => (
          <AvailabilityTag page={page} availability={availability} />
        ))}
      </p>
      <p>
        <Moment page={page} ms={page.nowMs} />
      </p>
    </section>
  );
}

function Lines({ page }: { page: Page }) {
  const day = 86_400_000;
  return (
    <section class="stack" id="lines">
      <h2>Lines of time</h2>
      <Arrangement
        label="Three clips, the second under the playhead"
        clips={[
          { label: "Done", from: 0, to: 0.33, track: 0, person: 1 },
          { label: "Now", from: 0.34, to: 0.66, track: 1, person: 4 },
          { label: "To come", from: 0.67, to: 1, track: 0, person: 7, isAhead: true },
        ]}
        now={0.5}
      />
      <Timeline
        label="Thirty days, from here to there"
        from={0}
        to={30 * day}
        ticks={[
          { at: 0, label: "today" },
          { at: 30 * day, label: "30 days" },
        ]}
        spans={[
          { from: 0, to: 7 * day, label: "Free" },
          { from: 0, to: 30 * day, label: "Pro" },
        ]}
        marks={[
          { at: 0, label: "here", kind: "here" },
          { at: 12 * day, label: "now", kind: "now" },
          { at: 30 * day, label: "there", kind: "there" },
        ]}
      />
      <DelayLine
        label="Delays from 0 to 60 milliseconds"
        zones={["play together", "with care", "overdub"]}
        marks={[
          { atMs: 14.6, label: "5 m of air", value: "14.6 ms" },
          { atMs: 32.2, label: "our lane", value: "32.2 ms", isOurs: true },
        ]}
      />
      <Table label="A table" columns={["Plan", "Takes stay"]}>
        <tr>
          <th scope="row">Free</th>
          <td>7 days</td>
        </tr>
        <tr>
          <th scope="row">Pro</th>
          <td>30 days</td>
        </tr>
      </Table>
      <p class="small soft">{page.origin}</p>
    </section>
  );
}

export const designParts = ["site", "people", "takes", "room"] as const;
export type DesignPart = (typeof designParts)[number];
export const designScenes = ["", "recording", "away", "door", "over"] as const;

const scripts: Partial<Record<DesignPart, string[]>> = { takes: ["takes"] };

/** Every part of the system, from the real components: what the looks are compared by. It is there on one's own machine alone. */
export function Design({ page, part }: { page: Page; part: Exclude<DesignPart, "room"> }) {
  return (
    <Layout page={page} title="Design" hidden scripts={scripts[part] ?? []} styles={["hub.css", "design.css"]}>
      <header class="stack">
        <h1>Every part</h1>
        <p class="lead">Look at each in both themes, and at 320, 390, 1024 and 1440 px: npm run screens -- design</p>
        <nav class="actions" aria-label="Parts">
          {designParts.map((one) =>
            one === "room" ? null : (
              <a class="button quiet" href={`/design?part=${one}`} aria-current={one === part ? "page" : undefined}>
                {one}
              </a>
            ),
          )}
          {designScenes.map((scene) => (
            <a class="button quiet" href={`/design?part=room&scene=${scene}`}>
              room{scene === "" ? "" : `: ${scene}`}
            </a>
          ))}
        </nav>
      </header>
      {part === "site" ? <SiteParts page={page} /> : part === "people" ? <PeopleParts page={page} /> : null}
      {part === "takes" ? <TakeParts page={page} /> : null}
    </Layout>
  );
}

function SiteParts({ page }: { page: Page }) {
  return (
    <>
      <section class="stack" id="colours">
        <h2>Colours</h2>
        <div class="columns">
          <Colours theme="light" />
          <Colours theme="dark" />
        </div>
      </section>
      <Type />
      <Controls page={page} />
      <Lines page={page} />
      <State
        title="Empty"
        sentence="One sentence on what is missing."
        next={{ href: "#colours", label: "One way on" }}
      />
    </>
  );
}

function PeopleParts({ page }: { page: Page }) {
  const { sessionId, profile, invites, conversation, messages, evening } = design(page.nowMs);
  const refusedInvite = { typed: { label: "Cleo", uses: "99" }, wrong: ["uses"] };
  const refusedEvening = {
    typed: { startsAt: "2026-01-01T20:00", timeZone: "Atlantis" },
    wrong: ["startsAt", "timeZone"],
  };
  const read = { ...conversation, displayName: "Cleo Laine", accent: 4, unread: 0, lastText: "Thank you." };
  return (
    <>
      <section class="stack" id="people">
        <h2>People</h2>
        <ol class="tracks">
          <Track page={page} profile={profile} />
          <Track page={page} profile={{ ...profile, displayName: "יעל כהן", accent: 5, availability: "later" }} />
        </ol>
        <Sheet page={page} profile={profile} sampleHref={`/hub/${profile.profileId}/sample`} heading="h3" />
      </section>
      <section class="stack" id="messages">
        <h2>Messages</h2>
        <ol class="tracks talks">
          <Talk page={page} conversation={conversation} />
          <Talk page={page} conversation={read} />
        </ol>
        <Said page={page} conversation={conversation} messages={messages} />
      </section>
      <MadeInvite page={page} isForGuests code="k7m2p-9xq4d" />
      <Invites page={page} sessionId={sessionId} list={invites} refused={refusedInvite} />
      <NextEvening page={page} sessionId={sessionId} evening={evening} />
      <PlanEvening page={page} sessionId={sessionId} evening={evening} refused={refusedEvening} />
    </>
  );
}

function TakeParts({ page }: { page: Page }) {
  const { sessionId, stems } = design(page.nowMs);
  return <Takes page={page} sessionId={sessionId} stems={stems} mayPlay nextCursor={null} isFirstPage />;
}
