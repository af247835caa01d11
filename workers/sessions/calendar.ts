import { ICalAlarmType, ICalCalendar } from "ical-generator";
import type { Evening } from "../../protocol/sessions.ts";
import { comingEvenings } from "./evenings.ts";

/** A quarter of an hour to tune. */
const REMINDER_BEFORE_S = 15 * 60;
/** Half a year of weekly evenings. */
const EVENINGS_MAX = 26;

export interface CalendarEntry {
  sessionId: string;
  /** The session's name, and where it is entered. */
  name: string;
  url: string;
}

/**
 * A session's coming evenings as a calendar file (RFC 5545), each with a reminder. Every evening stands in it as an instant of its own:
 * so it is right in calendars that know no time zones by name, and one that is read again replaces itself.
 */
export function calendarOf({ sessionId, name, url }: CalendarEntry, plan: Evening, nowMs: number): string {
  const calendar = new ICalCalendar({
    name,
    prodId: { company: "SessionLinked", product: "Sessions", language: "EN" },
  });
  for (const startMs of comingEvenings(plan, nowMs, EVENINGS_MAX))
    calendar.createEvent({
      id: `${sessionId}-${startMs}@sessionlinked`,
      stamp: new Date(nowMs),
      start: new Date(startMs),
      end: new Date(startMs + plan.minutes * 60_000),
      summary: name,
      location: url,
      url,
      alarms: [{ type: ICalAlarmType.display, triggerBefore: REMINDER_BEFORE_S, description: name }],
    });
  return `${calendar.toString()}\r\n`;
}
